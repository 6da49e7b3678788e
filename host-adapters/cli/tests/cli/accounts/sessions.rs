use super::place::Place;

#[test]
fn logins_are_listed_and_ended() {
    for place in Place::each() {
        let (jane, joe) = (place.add("jane@example.org"), place.add("joe@example.org"));
        let (jane, joe) = (jane["id"].as_str().unwrap(), joe["id"].as_str().unwrap());
        let (phone, on_phone) = place.login(jane, "Jane's\u{202e} phone");
        let (desk, on_desk) = place.login(jane, "desk");
        let (other, on_other) = place.login(joe, "phone");

        let all = place.json(&["sessions", "list"], "");
        let mut ids: Vec<_> = all.iter().map(|session| session["id"].as_str().unwrap()).collect();
        ids.sort_unstable();
        let mut expected = [phone.as_str(), &desk, &other];
        expected.sort_unstable();
        assert_eq!(ids, expected);
        let of_jane = place.json(&["sessions", "list", "--user", "jane@example.org"], "");
        assert_eq!(of_jane.len(), 2);
        assert!(of_jane.iter().all(|session| session["email"] == "jane@example.org" && session["state"] == "open"));
        assert!(of_jane.iter().all(|session| session["scope"] == "read" && session["ended_at"].is_null()));
        let table = place.run(&["sessions", "list", "--user", jane], "").expect(0).out;
        assert!(table.contains("jane@example.org, app, Jane's\\u202e phone"), "{table}");

        let done = place.run(&["sessions", "revoke", &phone, &other], "").expect(0);
        assert_eq!(done.out, format!("{phone}: login ended\n{other}: login ended\n"));
        assert!(!place.is_open(&on_phone) && !place.is_open(&on_other) && place.is_open(&on_desk));
        assert_eq!(place.json(&["sessions", "list"], "").len(), 1);
        let ended = place.json(&["sessions", "list", "--all"], "");
        assert_eq!(ended.iter().filter(|session| session["state"] == "closed").count(), 2);
        // After an incident: all logins of one user, the last seen first.
        let of_jane = place.json(&["sessions", "list", "--user", "jane@example.org", "--all"], "");
        let ids: Vec<_> = of_jane.iter().map(|session| session["id"].as_str().unwrap()).collect();
        assert!(ids.len() == 2 && ids.contains(&phone.as_str()) && ids.contains(&desk.as_str()), "{ids:?}");
        let seen: Vec<_> = of_jane.iter().map(|session| session["last_seen_at"].as_u64().unwrap()).collect();
        assert!(seen.is_sorted_by(|one, next| one >= next), "{seen:?}");
        assert_eq!(place.json(&["sessions", "list", "--user", "jane@example.org"], "").len(), 1);
        let again = place.run(&["sessions", "revoke", &phone, &desk], "").expect(1);
        assert_eq!(again.out, format!("{desk}: login ended\n"));
        assert!(
            again.err.contains(&phone) && again.err.contains("there is no open login with this id"),
            "{}",
            again.err
        );

        let tokens: Vec<_> = (0..3).map(|_| place.login(jane, "again").1).collect();
        let done = place.run(&["sessions", "revoke", "--user", "jane@example.org"], "").expect(0);
        assert_eq!(done.out, "jane@example.org: 3 logins ended\n");
        assert!(!tokens.iter().any(|token| place.is_open(token)));
        assert_eq!(
            place.events()[..4],
            ["logged_out_everywhere", "session_closed", "session_closed", "session_closed"]
        );
        assert!(place.run(&["sessions", "revoke", "--user", "unknown@example.org"], "").expect(1).out.is_empty());
    }
}

#[test]
fn ending_all_logins_needs_a_confirmation() {
    for place in Place::each() {
        let users = ["jane@example.org", "joe@example.org", "jim@example.org"].map(|email| {
            let user = place.add(email);
            user["id"].as_str().unwrap().to_owned()
        });
        let [jane, joe, jim] = &users;
        let tokens = [jane, jane, joe, jim].map(|user| place.login(user, "phone").1);
        // A login without an account, as if the account was deleted during the login.
        let (_, without_account) = place.login("AAAAAAAAAAAAAAAAAAAAAA", "phone");
        place.run(&["sessions", "revoke", "--user", jim], "").expect(0);
        let refused = place.run(&["sessions", "revoke", "--everyone"], "").expect(2);
        assert!(refused.err.contains("add --yes") && place.is_open(&tokens[0]), "{}", refused.err);

        let done = place.run(&["sessions", "revoke", "--everyone", "--yes"], "").expect(0);
        assert_eq!(done.out, "3 users: 4 logins ended\n");
        assert!(!tokens.iter().any(|token| place.is_open(token)) && !place.is_open(&without_account));
        assert!(place.json(&["sessions", "list"], "").is_empty());
        let audit = place.json(&["audit", "list", "--event", "logged_out_everywhere", "--user", jane], "");
        assert_eq!(audit[0]["detail"], "2 logins ended, together with those of all users");
        let again = place.run(&["sessions", "revoke", "--everyone", "--yes"], "").expect(0);
        assert_eq!(again.out, "0 users: 0 logins ended\n");
        // Users can log in again.
        let (_, token) = place.login(jane, "phone");
        assert!(place.is_open(&token));
    }
}

#[test]
fn wrong_usage_names_what_is_allowed() {
    let place = Place::sqlite();
    for (arguments, words) in [
        (&["sessions", "revoke"][..], "<ID>"),
        (&["sessions", "revoke", "x"], "22 characters"),
        (&["sessions", "revoke", "AAAAAAAAAAAAAAAAAAAAAA", "--user", "jane@example.org"], "cannot be used with"),
        (&["sessions", "revoke", "--everyone", "--user", "jane@example.org"], "cannot be used with"),
        (&["sessions", "revoke", "AAAAAAAAAAAAAAAAAAAAAA", "--everyone"], "cannot be used with"),
        (&["audit", "list", "--event", "login"], "logged_in, login_failed"),
        (&["audit", "list", "--since", "yesterday"], "90s, 5m, 1h, 30d"),
    ] {
        let done = place.run(arguments, "").expect(2);
        assert!(done.err.contains(words), "{arguments:?}: {}", done.err);
    }
}
