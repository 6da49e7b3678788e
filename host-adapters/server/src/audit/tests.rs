use super::*;
use crate::database::test_database::TestDatabase;
use std::net::IpAddr;

#[tokio::test]
async fn an_event_says_who_did_what_and_from_where() {
    let database = TestDatabase::new().await;
    let audit = Audit::new(database.storage.clone());
    let user = database.user("jane@example.org").await;
    let session = database.login(&user).await.session.id;
    let origin = Origin { address: IpAddr::from([192, 0, 2, 7]), agent: Some("curl/8".to_owned()) };
    for entry in [
        Entry::by_user(Event::LoginFailed, &origin),
        Entry::by_user(Event::LoggedIn, &origin).user(&user.id).session(session),
        Entry::by_server(Event::ReuseDetected).user_named(&user.id).session(session),
        Entry::by_operator(Event::UserDisabled, "glowband").user(&user.id).detail("2 sessions"),
    ] {
        audit.record(entry).await.unwrap();
    }
    let events = audit.list(&Filter::default(), 10).await.unwrap();
    let shown: Vec<_> = events
        .iter()
        .map(|event| {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            assert_eq!(event.event.map(Event::name), Some(event.event_name.as_str()));
            let who = if event.user_id.as_deref() == Some(user.id.as_str()) { "jane" } else { "" };
            let session = event.session_id.as_ref().map_or("", |_| "session");
            let (address, agent, detail) = (text(&event.address), text(&event.agent), text(&event.detail));
            format!("{} {} {who} {session} {address} {agent} {detail}", event.event_name, event.actor.name())
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
    let of_user = Filter { user: Some(user.id.clone()), event: Some(Event::LoggedIn), ..Filter::default() };
    assert_eq!(audit.list(&of_user, 10).await.unwrap().len(), 1);
}
