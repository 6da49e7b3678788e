use super::*;
use crate::database::places::on_both;
use std::net::IpAddr;

fn origin() -> Origin {
    Origin { address: IpAddr::from([192, 0, 2, 7]), agent: Some("curl/8".to_owned()) }
}

#[tokio::test]
async fn a_line_says_who_did_what_when_and_from_where() {
    on_both(async |place| {
        let audit = Audit::new(place.database.clone());
        let user = place.user("jane@example.org").await;
        let session = place.login(&user).await.session.id;
        audit.record(Entry::by_user(Event::LoginFailed, &origin())).await.unwrap();
        audit.record(Entry::by_user(Event::LoggedIn, &origin()).user(&user.id).session(session)).await.unwrap();
        audit.record(Entry::by_server(Event::ReuseDetected).user_named(&user.id).session(session)).await.unwrap();
        audit
            .record(Entry::by_operator(Event::UserDisabled, "glowband").user(&user.id).detail("2 sessions"))
            .await
            .unwrap();

        let lines = audit.list(&Filter::default(), 10).await.unwrap();
        assert!(lines.is_sorted_by(|one, next| one.number > next.number && one.at >= next.at));
        assert!(lines.iter().all(|line| line.at.since(user.created_at).as_secs() < 60 && line.at >= user.created_at));
        let shown: Vec<_> = lines
            .iter()
            .map(|line| {
                let text = |text: &Option<String>| text.clone().unwrap_or_default();
                assert_eq!(line.event.map(Event::name), Some(line.event_name.as_str()));
                let who = if line.user_id.as_deref() == Some(user.id.as_str()) { "jane" } else { "" };
                let session = line.session_id.as_ref().map_or("", |_| "session");
                let (address, agent, detail) = (text(&line.address), text(&line.agent), text(&line.detail));
                format!("{} {} {who} {session} {address} {agent} {detail}", line.event_name, line.actor.name())
            })
            .collect();
        assert_eq!(
            shown,
            [
                "user_disabled operator jane   glowband 2 sessions",
                "reuse_detected server jane session   ",
                "logged_in user jane session 192.0.2.7 curl/8 ",
                "login_failed user   192.0.2.7 curl/8 ",
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn lines_are_found_by_user_event_and_time_page_by_page_and_removed_by_age() {
    on_both(async |place| {
        let audit = Audit::new(place.database.clone());
        let users = [place.user("jane@example.org").await, place.user("joe@example.org").await];
        for round in 0..6 {
            for user in &users {
                let event = if round % 2 == 0 { Event::LoggedIn } else { Event::LoggedOut };
                audit.record(Entry::by_user(event, &origin()).user(&user.id)).await.unwrap();
            }
            place.let_pass(Duration::from_secs(60)).await;
        }
        let count = async |filter: &Filter| audit.list(filter, 100).await.unwrap().len();
        let all = audit.list(&Filter::default(), 100).await.unwrap();
        assert_eq!(all.len(), 12);
        let jane = Filter { user: Some(users[0].id.clone()), ..Filter::default() };
        assert_eq!(count(&jane).await, 6);
        assert_eq!(count(&Filter { event: Some(Event::LoggedIn), ..jane.clone() }).await, 3);
        assert_eq!(count(&Filter { event: Some(Event::LoggedIn), ..Filter::default() }).await, 6);
        let middle = all[5].at;
        let (since, until) = (
            count(&Filter { since: Some(middle), ..Filter::default() }).await,
            count(&Filter { until: Some(middle), ..Filter::default() }).await,
        );
        assert_eq!((since, until), (6, 6));

        let mut paged = Vec::new();
        loop {
            let before = paged.last().map(|line: &Recorded| line.number);
            let page = audit.list(&Filter { before, ..Filter::default() }, 5).await.unwrap();
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        assert_eq!(paged, all);

        assert_eq!(audit.prune(Duration::from_secs(200)).await.unwrap(), 6);
        assert_eq!(count(&Filter::default()).await, 6);
        assert_eq!(audit.prune(Duration::from_secs(200)).await.unwrap(), 0);
        // Numbers are never given twice.
        audit.prune(Duration::ZERO).await.unwrap();
        audit.record(Entry::by_server(Event::FastForwarded)).await.unwrap();
        assert!(audit.list(&Filter::default(), 1).await.unwrap()[0].number > all[0].number);
    })
    .await;
}

#[tokio::test]
async fn a_thousand_old_lines_go_in_batches() {
    on_both(async |place| {
        let audit = Audit::new(place.database.clone());
        let many = "INSERT INTO audit_events (at, event, actor) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 \
            FROM n WHERE i < 2345) SELECT i, 'of_a_later_version', 'server' FROM n";
        place.execute(many).await.unwrap();
        let newest = audit.list(&Filter::default(), 1).await.unwrap().remove(0);
        assert_eq!((newest.event, newest.event_name.as_str()), (None, "of_a_later_version"));
        assert_eq!(audit.prune(Duration::from_secs(1)).await.unwrap(), 2345);
    })
    .await;
}
