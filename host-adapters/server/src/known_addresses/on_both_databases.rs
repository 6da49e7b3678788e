use super::{KNOWN_FOR, KnownAddresses, MOST};
use crate::accounts::Email;
use crate::database::places::{Place, on_both};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

fn v4(number: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, number))
}

#[tokio::test]
async fn a_network_is_known_for_thirty_days_to_its_own_account_alone() {
    on_both(async |place: &Place| {
        let known = KnownAddresses::new(place.database.clone());
        let user = place.user("Jane@example.org").await;
        let (jane, joe) = (Email::parse("jane@example.org").unwrap(), Email::parse("joe@example.org").unwrap());
        assert!(!known.contains(&jane, v4(1)).await.unwrap());
        known.keep(&user.id, v4(1)).await.unwrap();
        known.keep(&user.id, "2001:db8:0:1::1".parse().unwrap()).await.unwrap();
        assert!(known.contains(&jane, v4(1)).await.unwrap());
        assert!(known.contains(&jane, "2001:db8:0:1:f::9".parse().unwrap()).await.unwrap());
        assert!(!known.contains(&jane, "2001:db8:0:2::1".parse().unwrap()).await.unwrap());
        assert!(!known.contains(&jane, v4(2)).await.unwrap());
        assert!(!known.contains(&joe, v4(1)).await.unwrap());
        place.let_pass(KNOWN_FOR - Duration::from_secs(60)).await;
        // Seen once more, and therefore known for longer.
        known.keep(&user.id, v4(1)).await.unwrap();
        place.let_pass(Duration::from_secs(120)).await;
        assert!(known.contains(&jane, v4(1)).await.unwrap());
        assert!(!known.contains(&jane, "2001:db8:0:1::1".parse().unwrap()).await.unwrap());
        assert_eq!(known.prune().await.unwrap(), 1);
        assert!(place.accounts().delete(&user.id).await.unwrap());
        place.let_pass(2 * KNOWN_FOR).await;
        assert_eq!(known.prune().await.unwrap(), 0, "they went with their user");
    })
    .await;
}

#[tokio::test]
async fn an_account_has_as_many_networks_as_were_seen_last() {
    on_both(async |place: &Place| {
        let known = KnownAddresses::new(place.database.clone());
        let user = place.user("jane@example.org").await;
        let jane = Email::parse("jane@example.org").unwrap();
        let most = u8::try_from(MOST).unwrap();
        for number in 0..=most {
            known.keep(&user.id, v4(number)).await.unwrap();
            place.let_pass(Duration::from_secs(1)).await;
        }
        assert!(!known.contains(&jane, v4(0)).await.unwrap());
        for number in 1..=most {
            assert!(known.contains(&jane, v4(number)).await.unwrap(), "{number}");
        }
    })
    .await;
}
