use super::place::Place;

#[test]
fn entries_can_be_selected_by_user_event_and_number() {
    for place in Place::each() {
        let jane = place.add("jane@example.org");
        let id = jane["id"].as_str().unwrap();
        for _ in 0..3 {
            place.run(&["users", "disable", id], "").expect(0);
            place.run(&["users", "enable", id], "").expect(0);
        }
        place.add("joe@example.org");
        let all = place.json(&["audit", "list"], "");
        assert_eq!(all.len(), 8);
        assert!(all.is_sorted_by_key(|line| std::cmp::Reverse(line["number"].as_i64().unwrap())));
        assert!(all.iter().all(|line| line["actor"] == "operator" && line["at"].as_u64().unwrap() > 1_600_000_000));
        assert_eq!(place.json(&["audit", "list", "--user", "jane@example.org"], "").len(), 7);
        assert_eq!(place.json(&["audit", "list", "--user", id, "--event", "user_disabled"], "").len(), 3);
        assert_eq!(place.json(&["audit", "list", "--since", "1h"], "").len(), 8);

        let first = place.json(&["audit", "list", "--limit", "5"], "");
        let last = first[4]["number"].to_string();
        let rest = place.json(&["audit", "list", "--limit", "5", "--before", &last], "");
        assert_eq!([first, rest].concat(), all);

        let table = place.run(&["audit", "list", "--limit", "1"], "").expect(0).out;
        assert!(table.contains("user_added") && table.contains("operator") && table.lines().count() == 2, "{table}");
        // A deleted user is found by id.
        place.run(&["users", "delete", id, "--yes"], "").expect(0);
        place.run(&["audit", "list", "--user", "jane@example.org"], "").expect(1);
        assert_eq!(place.json(&["audit", "list", "--user", id], "").len(), 8);
    }
}
