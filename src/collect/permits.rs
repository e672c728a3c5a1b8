//! Who may be on the wire, and who may be at work.
//!
//! A permit is held by an attempt of a call, not by the call: one that sleeps before its next attempt holds none. So a
//! throttled account keeps nobody else from asking. An attempt that hangs gives its permit back as well and goes on beside
//! the others, within a bound of its own. The same holds for seats, of which every account and target under way has one.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Door, OwnedSemaphorePermit, Semaphore, watch};

/// How long an attempt may keep a permit that others wait for.
const PATIENCE: Duration = Duration::from_secs(1);
/// For each call under way, how many that take longer may be waited for beside it.
const SLOW: usize = 4;
/// So many accounts or targets may wait aside in any case: a few accounts with all their regions.
const MANY: usize = 128;

tokio::task_local! {
    /// The ticket of the call that is being made.
    static TICKET: Arc<Ticket>;
}

/// What all calls of a run share.
#[derive(Debug)]
pub(super) struct Permits {
    /// One for each attempt under way.
    free: Arc<Semaphore>,
    /// Those of attempts that take long.
    slow: Arc<Semaphore>,
    /// First attempts come through here one by one, so that a repeated one waits behind at most one of them: its time is
    /// running, theirs is not.
    first: Door<()>,
}

impl Permits {
    /// At most so many attempts at once, at least one.
    pub(super) fn new(most: usize) -> Self {
        let most = most.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            free: Arc::new(Semaphore::new(most)),
            slow: Arc::new(Semaphore::new(most.saturating_mul(SLOW).min(Semaphore::MAX_PERMITS))),
            first: Door::new(()),
        }
    }

    /// A ticket with a permit for a first attempt, as soon as there is one. `None` where nothing may be asked any more.
    pub(super) async fn ticket(self: &Arc<Self>, seats: &Seats) -> Option<Arc<Ticket>> {
        let _one_by_one = self.first.lock().await;
        // Nothing closes the semaphore; if something ever does, no call may slip through.
        let permit = self.free.clone().acquire_owned().await.ok()?;
        Some(Arc::new(Ticket { permits: self.clone(), held: Mutex::new(Some(permit)), seats: seats.clone() }))
    }
}

/// The right of one call to be on the wire, attempt by attempt.
#[derive(Debug)]
pub(super) struct Ticket {
    permits: Arc<Permits>,
    /// Empty between attempts.
    held: Mutex<Option<OwnedSemaphorePermit>>,
    /// Those of the account and the target that the call is for.
    seats: Seats,
}

impl Ticket {
    /// Runs a call that holds this ticket.
    pub(super) async fn hold<T>(self: Arc<Self>, call: impl Future<Output = T>) -> T {
        TICKET.scope(self, call).await
    }

    /// The ticket of the call that is being made.
    pub(super) fn current() -> Option<Arc<Self>> {
        TICKET.try_with(Clone::clone).ok()
    }

    /// An attempt is over and another may come. One that has to wait for it leaves its seats to others.
    pub(super) fn pause(&self, has_to_wait: bool) {
        *self.held() = None;
        if has_to_wait {
            self.seats.leave();
        }
    }

    /// Waits for a permit, where it was given back.
    pub(super) async fn resume(&self) {
        if self.held().is_some() {
            return;
        }
        let permit = self.permits.free.clone().acquire_owned().await.ok();
        *self.held() = permit;
    }

    /// Waits for an answer; one that takes long is waited for beside the others.
    pub(super) async fn wait_for<T>(&self, answer: impl Future<Output = T>) -> T {
        let mut answer = std::pin::pin!(answer);
        if let Ok(answer) = tokio::time::timeout(PATIENCE, &mut answer).await {
            return answer;
        }
        if let Ok(slow) = self.permits.slow.clone().try_acquire_owned() {
            *self.held() = Some(slow);
            self.seats.leave();
        }
        answer.await
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Option<OwnedSemaphorePermit>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// So many accounts or targets at once, and some more that wait for something.
#[derive(Debug)]
pub(super) struct Room {
    seats: Arc<Semaphore>,
    aside: Arc<Semaphore>,
}

impl Room {
    /// A seat for each call that may be under way.
    pub(super) fn new(calls: usize) -> Self {
        Self::with_seats(calls, calls)
    }

    /// So many seats. Places aside are bounded by the number of calls.
    pub(super) fn with_seats(seats: usize, calls: usize) -> Self {
        let seats = seats.clamp(1, Semaphore::MAX_PERMITS);
        let aside = calls.saturating_mul(SLOW).clamp(MANY, Semaphore::MAX_PERMITS);
        Self { seats: Arc::new(Semaphore::new(seats)), aside: Arc::new(Semaphore::new(aside)) }
    }

    /// A seat, as soon as there is one.
    pub(super) async fn seat(&self) -> Seat {
        // Nothing closes the semaphore.
        let permit = self.seats.clone().acquire_owned().await.ok();
        self.at(permit.map(Place::Seated))
    }

    /// A seat for one of an account. As soon as that has left its own, it takes a place aside if there is one: what is
    /// throttled in one region is likely to be in the next, and the waits of all of them may as well pass together.
    pub(super) async fn seat_within(&self, account: &Seat) -> Seat {
        let place_aside = async {
            account.left().await;
            self.aside.clone().try_acquire_owned().ok()
        };
        tokio::select! {
            biased;
            seat = self.seat() => seat,
            Some(aside) = place_aside => self.at(Some(Place::Aside(aside))),
        }
    }

    fn at(&self, place: Option<Place>) -> Seat {
        Seat { permit: Mutex::new(place), aside: self.aside.clone(), left: watch::Sender::new(false) }
    }
}

#[derive(Debug)]
enum Place {
    Seated(#[expect(dead_code, reason = "held")] OwnedSemaphorePermit),
    Aside(#[expect(dead_code, reason = "held")] OwnedSemaphorePermit),
}

/// The seat of an account or of a target; free when it is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    permit: Mutex<Option<Place>>,
    aside: Arc<Semaphore>,
    /// Whether it was left.
    left: watch::Sender<bool>,
}

impl Seat {
    /// Leaves it to others, if there is room to wait in.
    fn leave(&self) {
        let mut place = self.permit.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Place::Seated(_)) = &*place
            && let Ok(aside) = self.aside.clone().try_acquire_owned()
        {
            *place = Some(Place::Aside(aside));
            self.left.send_replace(true);
        }
    }

    /// Waits until it is left.
    async fn left(&self) {
        // The sender lives as long as the seat.
        let _ = self.left.subscribe().wait_for(|left| *left).await;
    }
}

/// The seats that a call's account and target have.
#[derive(Debug, Clone, Default)]
pub(super) struct Seats(Vec<Arc<Seat>>);

impl Seats {
    pub(super) fn and(&self, seat: Arc<Seat>) -> Self {
        Self(self.0.iter().cloned().chain([seat]).collect())
    }

    fn leave(&self) {
        self.0.iter().for_each(|seat| seat.leave());
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[test]
    fn places_aside_are_bounded_by_the_calls_however_many_seats_there_are() {
        let room = Room::with_seats(400, 100);
        assert_eq!((room.seats.available_permits(), room.aside.available_permits()), (400, 100 * SLOW));
        assert_eq!(Room::new(100).seats.available_permits(), 100);
    }

    #[test]
    fn a_call_between_two_attempts_holds_no_permit_and_no_seat() {
        let (permits, room) = (Arc::new(Permits::new(1)), Room::new(1));
        let seats = Seats::default().and(Arc::new(room.seat().now_or_never().expect("a free seat")));
        let ticket = permits.ticket(&seats).now_or_never().expect("a free permit").expect("open");
        assert!(permits.ticket(&seats).now_or_never().is_none());
        assert!(room.seat().now_or_never().is_none());
        ticket.pause(true);
        let other = permits.ticket(&seats).now_or_never().expect("a permit that was given back");
        assert!(ticket.resume().now_or_never().is_none());
        drop(other);
        assert!(ticket.resume().now_or_never().is_some());
        assert!(room.seat().now_or_never().is_some());
        assert!(permits.ticket(&seats).now_or_never().is_none());
    }

    #[test]
    fn where_an_account_has_left_its_seat_its_targets_need_none() {
        let (accounts, targets) = (Room::new(1), Room::new(1));
        let account = accounts.seat().now_or_never().expect("a free seat");
        let other = targets.seat().now_or_never().expect("a free seat");
        let mut target = std::pin::pin!(targets.seat_within(&account));
        assert!(target.as_mut().now_or_never().is_none());
        account.leave();
        let aside = target.now_or_never().expect("a place aside");
        assert!(targets.seat().now_or_never().is_none(), "it took no seat");
        drop(other);
        let seated = targets.seat_within(&account).now_or_never().expect("a seat is better than none");
        assert!(targets.seat().now_or_never().is_none());
        drop((aside, seated));
    }

    #[test]
    fn a_denial_keeps_its_seat_and_what_waits_is_bounded() {
        let room = Room::new(1);
        let permits = Arc::new(Permits::new(4));
        let pause = |seats: &Seats, has_to_wait| {
            permits.ticket(seats).now_or_never().flatten().expect("a free permit").pause(has_to_wait);
        };
        let mut kept = Vec::new();
        for waiting in 0..=MANY {
            let seats = Seats::default().and(Arc::new(room.seat().now_or_never().expect("a free seat")));
            pause(&seats, false);
            assert!(room.seat().now_or_never().is_none(), "who is denied stays where it is");
            pause(&seats, true);
            assert_eq!(room.seat().now_or_never().is_none(), waiting == MANY);
            kept.push(seats);
        }
    }
}
