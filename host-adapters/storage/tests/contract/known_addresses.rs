//! The contract of the table `known_addresses`.

use crate::test_database::on_both;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);
const MONTH: Duration = Duration::from_secs(30 * 86_400);

#[tokio::test]
async fn a_network_is_known_for_a_while_to_its_own_account_alone() {
    on_both(async |database| {
        let known = database.storage.known_addresses();
        let user = database.user("Jane@example.org").await;
        let is_known = async |account: &str, network: &str| known.contains(account, network, MONTH).await.unwrap();
        assert!(!is_known("jane@example.org", "192.0.2.1").await);
        known.record(&user.id, "192.0.2.1", DAY, 16).await.unwrap();
        known.record(&user.id, "2001:db8::", DAY, 16).await.unwrap();
        assert!(is_known("jane@example.org", "192.0.2.1").await && is_known("jane@example.org", "2001:db8::").await);
        assert!(!is_known("jane@example.org", "192.0.2.2").await);
        assert!(!is_known("joe@example.org", "192.0.2.1").await);
        database.let_pass(MONTH - Duration::from_secs(60)).await;
        // Seen once more, and therefore known for longer.
        known.record(&user.id, "192.0.2.1", DAY, 16).await.unwrap();
        database.let_pass(Duration::from_secs(120)).await;
        assert!(is_known("jane@example.org", "192.0.2.1").await);
        assert!(!is_known("jane@example.org", "2001:db8::").await);
        assert_eq!(known.prune(MONTH).await.unwrap(), 1);
        assert!(database.storage.users().delete(&user.id).await.unwrap());
        database.let_pass(2 * MONTH).await;
        assert_eq!(known.prune(MONTH).await.unwrap(), 0, "they were deleted with their user");
    })
    .await;
}

#[tokio::test]
async fn a_young_record_is_not_written_again() {
    on_both(async |database| {
        let known = database.storage.known_addresses();
        let user = database.user("jane@example.org").await;
        known.record(&user.id, "192.0.2.1", DAY, 16).await.unwrap();
        database.let_pass(DAY / 2).await;
        known.record(&user.id, "192.0.2.1", DAY, 16).await.unwrap();
        assert!(!known.contains("jane@example.org", "192.0.2.1", DAY / 4).await.unwrap());
        database.let_pass(DAY).await;
        known.record(&user.id, "192.0.2.1", DAY, 16).await.unwrap();
        assert!(known.contains("jane@example.org", "192.0.2.1", DAY / 4).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn of_many_networks_those_seen_last_are_kept() {
    on_both(async |database| {
        let known = database.storage.known_addresses();
        let user = database.user("jane@example.org").await;
        for number in 0..=16 {
            known.record(&user.id, &format!("192.0.2.{number}"), DAY, 16).await.unwrap();
            database.let_pass(Duration::from_secs(1)).await;
        }
        for number in 0..=16 {
            let network = format!("192.0.2.{number}");
            assert_eq!(known.contains("jane@example.org", &network, MONTH).await.unwrap(), number > 0, "{network}");
        }
    })
    .await;
}
