package io.reelkeeper.sandbox;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Finds the busiest second of a stream of requests that may be told of in another order than they
/// came in, by a few milliseconds, since many threads tell.
///
/// Times are in nanoseconds.
final class Arrivals {

  private static final long SECOND = 1_000_000_000;

  /// Sorted; no further back than what may still share a second with a latecomer.
  private final List<Long> kept = new ArrayList<>();

  private int most;

  void add(long at) {
    kept.add(after(at), at);
    kept.subList(0, after(kept.getLast() - 3 * SECOND)).clear();
    for (int first = after(at - SECOND); first < kept.size() && kept.get(first) <= at; first++) {
      most = Math.max(most, after(kept.get(first) + SECOND - 1) - first);
    }
  }

  int mostInASecond() {
    return most;
  }

  /// How many were at this time or before it.
  private int after(long at) {
    int place = Collections.binarySearch(kept, at);
    if (place < 0) {
      return -place - 1;
    }
    while (place < kept.size() && kept.get(place) == at) {
      place++;
    }
    return place;
  }
}
