package io.reelkeeper.quota;

/// Where the database's clock stands beside this process's `nanoTime`.
///
/// An answer tells the database's time at some moment between sending and receiving. The answer
/// that came back quickest tells it best and is kept, so that a later one which was on its way for
/// long (a pause of this process, a slow network) does not make its slots look punctual.
final class DatabaseClock {

  /// How far two clocks may drift apart: 200 µs a second, several times what quartz does.
  private static final long DRIFT = 5_000;

  private boolean heard;
  private long ahead;
  private long heardAt;

  /// All in nanoseconds; `database` since 1970, the others of `nanoTime`.
  synchronized void heard(long database, long sent, long received) {
    long atLeast = database - received;
    long atMost = database - sent;
    long expected = ahead - (received - heardAt) / DRIFT;
    boolean wasSet = heard && atMost < expected; // a clock set back: what we knew is worth nothing
    ahead = !heard || wasSet ? atLeast : Math.max(expected, atLeast);
    heardAt = received;
    heard = true;
  }

  /// The `nanoTime` of a moment on the database's clock; rather late than early.
  synchronized long local(long database) {
    return database - ahead;
  }
}
