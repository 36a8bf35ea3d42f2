use chrono::{DateTime, TimeDelta};
use proptest::prelude::*;

use super::*;

fn rates(remembered: u64, clock: &Clock) -> Rates {
    Rates::new(remembered, clock.clone(), &Random::system())
}

fn at_noon() -> Clock {
    Clock::manual(DateTime::from_timestamp(1_800_000_000, 0).expect("a time"))
}

#[test]
fn who_comes_too_often_is_told_when_to_come_back_and_nobody_else_suffers() {
    let (clock, quota) = (at_noon(), Quota::new(6, 2));
    let rates = rates(10, &clock);
    let take = |whom| rates.take(Key::of("/a.B/C", whom), quota);
    let (first, second, third) = (take("ada"), take("ada"), take("ada"));
    assert_eq!((first.remaining, first.whole_after, first.refused_for), (1, Duration::from_secs(10), None));
    assert_eq!((second.remaining, second.refused_for), (0, None));
    assert_eq!((third.remaining, third.refused_for), (0, Some(Duration::from_secs(10))));
    assert_eq!((quota.window(), third.whole_after), (Duration::from_secs(20), Duration::from_secs(20)));
    assert_eq!(take("bob").refused_for, None);
    assert_eq!(rates.take(Key::of("/a.B/D", "ada"), quota).refused_for, None, "another method");
    clock.advance(TimeDelta::seconds(9));
    assert_eq!(take("ada").refused_for, Some(Duration::from_secs(1)));
    clock.advance(TimeDelta::seconds(1));
    assert_eq!(take("ada").refused_for, None);
}

#[test]
fn what_was_used_least_lately_is_forgotten_first_and_what_is_in_use_is_not() {
    let clock = at_noon();
    let rates = rates(100, &clock);
    let quota = Quota::new(1, 1);
    assert_eq!(rates.take(Key::of("m", "ada"), quota).refused_for, None);
    for stranger in 0..100_000 {
        rates.take(Key::of("m", &stranger.to_string()), quota);
        if stranger % 10 == 0 {
            assert!(rates.take(Key::of("m", "ada"), quota).refused_for.is_some(), "after {stranger} others");
        }
    }
    rates.cells.run_pending_tasks();
    assert!(rates.cells.entry_count() <= 100, "{} are remembered", rates.cells.entry_count());
}

#[test]
fn news_are_told_once_and_not_believed_twice_or_from_oneself() {
    let clock = at_noon();
    let (one, other) = (rates(10, &clock), rates(10, &clock));
    let (key, quota) = (Key::of("m", "ada"), Quota::new(60, 3));
    assert_eq!(one.unshared(), None);
    one.take(key, quota);
    one.take(key, quota);
    let news = one.unshared().expect("news");
    assert_eq!(one.unshared(), None);
    one.hear(&news);
    other.hear(&news);
    other.hear(b"nonsense");
    assert_eq!((one.take(key, quota).remaining, other.take(key, quota).remaining), (0, 0));
    assert_eq!(other.take(key, quota).refused_for, Some(Duration::from_secs(1)));
}

/// How many of a caller's attempts all replicas let through in a minute, where they tell each other every 200 ms.
///
/// The attempts come every millisecond, each to the replica that `chosen` says.
fn let_through(replicas: usize, quota: Quota, chosen: &[u8]) -> f64 {
    let clock = at_noon();
    let all: Vec<Rates> = (0..replicas).map(|_| rates(10, &clock)).collect();
    let key = Key::of("m", "ada");
    let mut count = 0;
    for millisecond in 0..60_000 {
        let replica = usize::from(chosen[millisecond % chosen.len()]) % replicas;
        if all[replica].take(key, quota).refused_for.is_none() {
            count += 1;
        }
        if millisecond % 200 == 199 {
            let news: Vec<_> = all.iter().filter_map(Rates::unshared).collect();
            // They arrive while the next ones are counted.
            all.iter().for_each(|replica| news.iter().for_each(|news| replica.hear(news)));
        }
        clock.advance(TimeDelta::milliseconds(1));
    }
    f64::from(count)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn over_a_minute_replicas_let_through_what_one_would_within_a_tenth(
        replicas in 2usize..6,
        (per_minute, burst) in (60u32..3000).prop_flat_map(|rate| (Just(rate), 1..=rate / 4)),
        chosen in proptest::collection::vec(any::<u8>(), 1..50),
    ) {
        let quota = Quota::new(per_minute, burst);
        let allowed = f64::from(per_minute + burst);
        let count = let_through(replicas, quota, &chosen);
        prop_assert!((count / allowed - 1.0).abs() <= 0.1, "{count} of {allowed}");
    }
}
