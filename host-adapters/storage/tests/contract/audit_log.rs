//! The contract of the table `audit_events`.

use crate::test_database::on_both;
use glowband_storage::{AuditEventRow, AuditFilter, NewAuditEvent};
use std::time::Duration;

fn event(event: &'static str) -> NewAuditEvent {
    NewAuditEvent { event, actor: "user", user_id: None, session_id: None, address: None, agent: None, detail: None }
}

#[tokio::test]
async fn an_event_is_read_as_it_was_written() {
    on_both(async |database| {
        let audit = database.storage.audit_log();
        let user = database.user("jane@example.org").await;
        let text = |text: &str| Some(text.to_owned());
        let full = NewAuditEvent {
            event: "logged_in",
            actor: "operator",
            user_id: Some(user.id.clone()),
            session_id: text("session"),
            address: text("192.0.2.7"),
            agent: text("curl/8"),
            detail: text("2 sessions"),
        };
        audit.record(&event("login_failed")).await.unwrap();
        audit.record(&full).await.unwrap();
        let events = audit.list(AuditFilter::default(), 10).await.unwrap();
        assert!(events.is_sorted_by(|one, next| one.number > next.number && one.at >= next.at));
        assert!(events.iter().all(|one| one.at.since(user.created_at).as_secs() < 60 && one.at >= user.created_at));
        let [newest, oldest] = events.as_slice() else { panic!("{events:?}") };
        let expected = AuditEventRow {
            number: newest.number,
            at: newest.at,
            event: full.event.to_owned(),
            actor: full.actor.to_owned(),
            user_id: full.user_id,
            session_id: full.session_id,
            address: full.address,
            agent: full.agent,
            detail: full.detail,
        };
        assert_eq!(*newest, expected);
        assert_eq!((oldest.event.as_str(), &oldest.user_id, &oldest.detail), ("login_failed", &None, &None));
        let mut unknown = event("logged_in");
        unknown.actor = "stranger";
        assert!(audit.record(&unknown).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn events_are_found_by_user_name_and_time_page_by_page_and_removed_by_age() {
    on_both(async |database| {
        let audit = database.storage.audit_log();
        let users = [database.user("jane@example.org").await, database.user("joe@example.org").await];
        for round in 0..6 {
            for user in &users {
                let mut event = event(if round % 2 == 0 { "logged_in" } else { "logged_out" });
                event.user_id = Some(user.id.clone());
                audit.record(&event).await.unwrap();
            }
            database.let_pass(Duration::from_secs(60)).await;
        }
        let count = async |filter: AuditFilter<'_>| audit.list(filter, 100).await.unwrap().len();
        let all = audit.list(AuditFilter::default(), 100).await.unwrap();
        assert_eq!(all.len(), 12);
        let jane = AuditFilter { user_id: Some(&users[0].id), ..AuditFilter::default() };
        assert_eq!(count(jane).await, 6);
        assert_eq!(count(AuditFilter { event: Some("logged_in"), ..jane }).await, 3);
        assert_eq!(count(AuditFilter { event: Some("logged_in"), ..AuditFilter::default() }).await, 6);
        let middle = all[5].at;
        let (since, until) = (
            count(AuditFilter { since: Some(middle), ..AuditFilter::default() }).await,
            count(AuditFilter { until: Some(middle), ..AuditFilter::default() }).await,
        );
        assert_eq!((since, until), (6, 6));

        let mut paged: Vec<AuditEventRow> = Vec::new();
        loop {
            let before = paged.last().map(|event| event.number);
            let page = audit.list(AuditFilter { before, ..AuditFilter::default() }, 5).await.unwrap();
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        assert_eq!(paged, all);

        assert_eq!(audit.prune(Duration::from_secs(200)).await.unwrap(), 6);
        assert_eq!(count(AuditFilter::default()).await, 6);
        assert_eq!(audit.prune(Duration::from_secs(200)).await.unwrap(), 0);
        // No number is used twice.
        audit.prune(Duration::ZERO).await.unwrap();
        audit.record(&event("fast_forwarded")).await.unwrap();
        assert!(audit.list(AuditFilter::default(), 1).await.unwrap()[0].number > all[0].number);
    })
    .await;
}

#[tokio::test]
async fn thousands_of_old_events_are_removed_in_batches() {
    on_both(async |database| {
        let audit = database.storage.audit_log();
        let many = "INSERT INTO audit_events (at, event, actor) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 \
            FROM n WHERE i < 2345) SELECT i, 'of_a_later_version', 'server' FROM n";
        database.execute(many).await.unwrap();
        let newest = audit.list(AuditFilter::default(), 1).await.unwrap().remove(0);
        assert_eq!(newest.event, "of_a_later_version");
        assert_eq!(audit.prune(Duration::from_secs(1)).await.unwrap(), 2345);
    })
    .await;
}
