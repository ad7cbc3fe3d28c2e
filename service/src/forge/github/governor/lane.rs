//! What one process keeps of an account's limits by itself: requests at once, points in a minute.
//!
//! Whoever waits is served in order. The invariant: a permit is held until the request is answered.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as FairMutex, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// Lanes are looked through for unused ones when there are so many.
const MANY: usize = 256;

/// Limits that stand for one account in this process.
#[derive(Debug)]
pub(super) struct Lane {
    /// None: as many at once as anybody likes.
    slots: Option<Arc<Semaphore>>,
    points: u32,
    minute: Duration,
    spent: FairMutex<VecDeque<(Instant, u32)>>,
}

/// The lanes of all accounts.
#[derive(Debug)]
pub(super) struct Lanes {
    pub(super) concurrent: u32,
    pub(super) points: u32,
    pub(super) minute: Duration,
    by_account: Mutex<HashMap<String, Arc<Lane>>>,
}

impl Lanes {
    /// Without any account yet; 0 is no limit.
    pub(super) fn new(concurrent: u32, points: u32, minute: Duration) -> Self {
        Self { concurrent, points, minute, by_account: Mutex::default() }
    }

    /// Points that an account has left in this process; `None` without a limit.
    pub(super) fn points_left(&self, account: &str) -> Option<u32> {
        if self.points == 0 {
            return None;
        }
        let lanes = self.by_account.lock().unwrap_or_else(PoisonError::into_inner);
        Some(lanes.get(account).map_or(self.points, |lane| lane.left()))
    }

    /// The account's lane.
    pub(super) fn of(&self, account: &str) -> Arc<Lane> {
        // A map of handles is whole even if somebody panicked beside it.
        let mut lanes = self.by_account.lock().unwrap_or_else(PoisonError::into_inner);
        if lanes.len() >= MANY {
            lanes.retain(|_, lane| Arc::strong_count(lane) > 1);
        }
        Arc::clone(lanes.entry(account.to_owned()).or_insert_with(|| {
            let slots = usize::try_from(self.concurrent).unwrap_or(Semaphore::MAX_PERMITS);
            Arc::new(Lane {
                slots: (slots > 0).then(|| Arc::new(Semaphore::new(slots.min(Semaphore::MAX_PERMITS)))),
                points: self.points,
                minute: self.minute,
                spent: FairMutex::default(),
            })
        }))
    }
}

impl Lane {
    /// Waits until there is room for one more at once.
    pub(super) async fn slot(&self) -> Option<OwnedSemaphorePermit> {
        match &self.slots {
            // It is never closed.
            Some(slots) => Arc::clone(slots).acquire_owned().await.ok(),
            None => None,
        }
    }

    /// Points that are left in this minute. Where somebody waits for some, there are none.
    fn left(&self) -> u32 {
        let Ok(spent) = self.spent.try_lock() else { return 0 };
        let now = Instant::now();
        let counted = spent.iter().filter(|(at, _)| now.duration_since(*at) <= self.minute);
        self.points.saturating_sub(counted.map(|(_, points)| points).sum())
    }

    /// Waits until the minute has room for so many points; says whether it had to.
    pub(super) async fn spend(&self, points: u32) -> bool {
        if self.points == 0 {
            return false;
        }
        let mut waited = false;
        let mut spent = self.spent.lock().await;
        loop {
            let now = Instant::now();
            while spent.front().is_some_and(|(at, _)| now.duration_since(*at) > self.minute) {
                spent.pop_front();
            }
            let used: u32 = spent.iter().map(|(_, points)| points).sum();
            match spent.front() {
                Some((first, _)) if used.saturating_add(points) > self.points => {
                    waited = true;
                    let until = *first + self.minute + Duration::from_millis(1);
                    tokio::time::sleep_until(until).await;
                }
                _ => {
                    spent.push_back((now, points));
                    return waited;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_left_is_what_was_not_spent_within_the_minute() {
        let lanes = Lanes::new(0, 20, Duration::from_secs(60));
        assert_eq!(
            (lanes.points_left("a"), Lanes::new(0, 0, Duration::ZERO).points_left("a")),
            (Some(20), None)
        );

        lanes.of("a").spend(5).await;
        assert_eq!((lanes.points_left("a"), lanes.points_left("b")), (Some(15), Some(20)));

        tokio::time::advance(Duration::from_secs(61)).await;
        assert_eq!(lanes.points_left("a"), Some(20));
    }

    #[tokio::test(start_paused = true)]
    async fn no_minute_holds_more_points_than_the_limit() {
        let lane = Lanes::new(0, 20, Duration::from_secs(60)).of("a");
        let start = Instant::now();
        let mut sent: Vec<(Instant, u32)> = Vec::new();

        for points in [5, 1, 1, 5].into_iter().cycle().take(200) {
            lane.spend(points).await;
            sent.push((Instant::now(), points));
        }

        for (at, _) in &sent {
            let minute =
                sent.iter().filter(|(other, _)| other >= at && *other - *at <= Duration::from_secs(60));
            assert!(minute.map(|(_, points)| points).sum::<u32>() <= 20);
        }
        // 600 points at 20 a minute, of which some stay unused where a write does not fit in.
        assert!(start.elapsed() <= Duration::from_secs(40 * 60), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_for_points_is_served_in_order() {
        let lane = Lanes::new(0, 5, Duration::from_secs(60)).of("a");
        let order = Arc::new(Mutex::new(Vec::new()));

        let all: Vec<_> = (0..20)
            .map(|number| {
                let (lane, order) = (Arc::clone(&lane), Arc::clone(&order));
                tokio::spawn(async move {
                    lane.spend(5).await;
                    order.lock().unwrap().push(number);
                })
            })
            .collect();
        for one in all {
            one.await.unwrap();
        }

        assert_eq!(*order.lock().unwrap(), (0..20).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn only_so_many_are_under_way_at_once() {
        let lane = Lanes::new(2, 0, Duration::from_secs(60)).of("a");
        let (first, _second) = (lane.slot().await, lane.slot().await);
        let third = tokio::spawn({
            let lane = Arc::clone(&lane);
            async move { lane.slot().await.is_some() }
        });
        tokio::task::yield_now().await;
        assert!(!third.is_finished());

        drop(first);

        assert!(third.await.unwrap());
    }

    #[test]
    fn lanes_that_nobody_uses_are_forgotten() {
        let lanes = Lanes::new(1, 1, Duration::from_secs(60));
        let kept = lanes.of("kept");

        for number in 0..2_000 {
            lanes.of(&format!("token {number}"));
        }

        assert!(lanes.by_account.lock().unwrap().len() <= MANY);
        assert!(Arc::ptr_eq(&kept, &lanes.of("kept")));
    }
}
