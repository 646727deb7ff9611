//! One stream that several steps read.
use crate::{Chunk, ChunkStream, Result};
use futures::{Stream, StreamExt};
use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

/// A stream that several steps read, each at its own pace, and each all of it. Dropping it ends the stream.
pub(crate) struct Tee<'a, I>(Shared<'a, I>);

type Shared<'a, I> = Arc<Mutex<State<'a, I>>>;

struct State<'a, I> {
    /// Gone once it has ended.
    input: Option<ChunkStream<'a, I>>,
    readers: Vec<Place<I>>,
}

/// What one reader has still to read.
struct Place<I> {
    queue: VecDeque<Result<Chunk<I>>>,
    waker: Option<Waker>,
    gone: bool,
}

impl<I> State<'_, I> {
    /// Those who wait. Only one of them is known to the stream, and it may be gone.
    fn wakers(&mut self) -> Vec<Waker> {
        self.readers.iter_mut().filter_map(|place| place.waker.take()).collect()
    }
}

fn locked<'s, 'a, I>(state: &'s Shared<'a, I>) -> MutexGuard<'s, State<'a, I>> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'a, I: Clone + Send + 'static> Tee<'a, I> {
    pub(crate) fn new(input: ChunkStream<'a, I>) -> Self {
        Tee(Arc::new(Mutex::new(State { input: Some(input), readers: Vec::new() })))
    }

    /// The stream for one more step; all are asked for before any is read.
    pub(crate) fn reader(&self) -> ChunkStream<'a, I> {
        let mut state = locked(&self.0);
        let at = state.readers.len();
        state.readers.push(Place { queue: VecDeque::new(), waker: None, gone: false });
        drop(state);
        Reader { state: Arc::clone(&self.0), at }.boxed()
    }

    /// What is made of the readers' streams; when it is dropped, the input is dropped first.
    pub(crate) fn hold<O: Send + 'static>(self, chunks: ChunkStream<'a, O>) -> ChunkStream<'a, O> {
        Held { _input: self, chunks }.boxed()
    }
}

impl<I> Drop for Tee<'_, I> {
    fn drop(&mut self) {
        let input = locked(&self.0).input.take();
        drop(input);
    }
}

struct Held<'a, I, O> {
    // Dropped before those who read it, so that steps further up are cancelled first.
    _input: Tee<'a, I>,
    chunks: ChunkStream<'a, O>,
}

impl<I, O> Stream for Held<'_, I, O> {
    type Item = Result<Chunk<O>>;

    fn poll_next(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().chunks.poll_next_unpin(task)
    }
}

struct Reader<'a, I> {
    state: Shared<'a, I>,
    at: usize,
}

impl<I: Clone> Stream for Reader<'_, I> {
    type Item = Result<Chunk<I>>;

    fn poll_next(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut guard = locked(&self.state);
        let state = &mut *guard;
        let Some(place) = state.readers.get_mut(self.at) else { return Poll::Ready(None) };
        if let Some(chunk) = place.queue.pop_front() {
            return Poll::Ready(Some(chunk));
        }
        let Some(input) = &mut state.input else { return Poll::Ready(None) };
        let Poll::Ready(chunk) = input.poll_next_unpin(task) else {
            place.waker = Some(task.waker().clone());
            return Poll::Pending;
        };
        place.waker = None;
        let ended = if matches!(chunk, Some(Ok(Chunk::Delta(_)))) { None } else { state.input.take() };
        if let Some(chunk) = &chunk {
            let others = state.readers.iter_mut().enumerate().filter(|(at, place)| *at != self.at && !place.gone);
            others.for_each(|(_, place)| place.queue.push_back(chunk.clone()));
        }
        let wakers = state.wakers();
        drop(guard);
        wakers.into_iter().for_each(Waker::wake);
        drop(ended);
        Poll::Ready(chunk)
    }
}

impl<I> Drop for Reader<'_, I> {
    fn drop(&mut self) {
        let mut state = locked(&self.state);
        if let Some(place) = state.readers.get_mut(self.at) {
            *place = Place { queue: VecDeque::new(), waker: None, gone: true };
        }
        let wakers = state.wakers();
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Delta, Error};
    use futures::{FutureExt, channel::mpsc, executor::block_on};
    use proptest::prelude::*;

    fn text(text: &str) -> Chunk<u8> {
        Chunk::Delta(Delta::Text(text.to_owned()))
    }

    type Seen = Vec<Result<Chunk<u8>, String>>;

    fn rest(reader: ChunkStream<'_, u8>) -> Seen {
        block_on(reader.map(|chunk| chunk.map_err(|error| error.message().to_owned())).collect())
    }

    proptest! {
        /// Each reads all of it, in whatever order they are polled, and whoever stops before the end.
        #[test]
        fn each_reads_all(texts in proptest::collection::vec("[ab]", 0..6), fails: bool, order in proptest::collection::vec(0_usize..3, 0..20), leaves in proptest::option::of(0_usize..3)) {
            let last = if fails { Err(Error::other("no")) } else { Ok(Chunk::Done(7)) };
            let all: Vec<_> = texts.iter().map(|t| Ok(text(t))).chain([last]).collect();
            let expected: Seen = all.iter().cloned().map(|chunk: Result<_>| chunk.map_err(|error| error.message().to_owned())).collect();
            let tee = Tee::new(futures::stream::iter(all).boxed());
            let mut readers: Vec<_> = (0..3).map(|_| Some(tee.reader())).collect();
            let mut seen = vec![Seen::new(); 3];
            for (turn, at) in order.into_iter().enumerate() {
                if let Some(leaves) = leaves.filter(|_| turn == 3) {
                    readers[leaves] = None;
                }
                if let Some(chunk) = readers[at].as_mut().and_then(|reader| reader.next().now_or_never()).flatten() {
                    seen[at].push(chunk.map_err(|error| error.message().to_owned()));
                }
            }
            for (at, reader) in readers.into_iter().enumerate() {
                if let Some(reader) = reader {
                    seen[at].extend(rest(reader));
                    prop_assert_eq!(&seen[at], &expected);
                }
            }
        }
    }

    /// The stream knows only the one who asked last: when it goes, the other is told.
    #[test]
    fn who_waits_is_not_forgotten() {
        let (sender, receiver) = mpsc::unbounded();
        let tee = Tee::new(receiver.boxed());
        let (first, mut second) = (tee.reader(), tee.reader());
        let mut first = waits(first);
        assert!(second.next().now_or_never().is_none());
        assert!(first.poll());
        drop(second);
        assert!(first.is_woken());
        assert!(first.poll());
        sender.unbounded_send(Ok(text("a"))).unwrap();
        assert!(first.is_woken());
    }

    #[test]
    fn dropping_it_ends_the_input() {
        let (sender, receiver) = mpsc::unbounded::<Result<Chunk<u8>>>();
        let tee = Tee::new(receiver.boxed());
        let reader = tee.reader();
        let held = tee.hold(reader);
        assert!(!sender.is_closed());
        drop(held);
        assert!(sender.is_closed());
    }

    /// A stream that is polled by hand.
    struct Waits<'a> {
        reader: ChunkStream<'a, u8>,
        woken: Arc<std::sync::atomic::AtomicBool>,
    }

    fn waits(reader: ChunkStream<'_, u8>) -> Waits<'_> {
        Waits { reader, woken: Arc::default() }
    }

    struct Flag(Arc<std::sync::atomic::AtomicBool>);

    impl std::task::Wake for Flag {
        fn wake(self: Arc<Self>) {
            self.0.store(true, std::sync::atomic::Ordering::Relaxed);
        }
    }

    impl Waits<'_> {
        /// Whether there is nothing yet.
        fn poll(&mut self) -> bool {
            self.woken.store(false, std::sync::atomic::Ordering::Relaxed);
            let waker = Waker::from(Arc::new(Flag(Arc::clone(&self.woken))));
            self.reader.poll_next_unpin(&mut Context::from_waker(&waker)).is_pending()
        }

        fn is_woken(&self) -> bool {
            self.woken.load(std::sync::atomic::Ordering::Relaxed)
        }
    }
}
