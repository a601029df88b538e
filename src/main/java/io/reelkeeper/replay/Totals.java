package io.reelkeeper.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/// All compared sessions together.
final class Totals {

  /// So many ids of each kind of trouble are told; the rest is counted.
  private static final int NAMED = 10;

  /// Sessions of one kind: all counted, the first ones named.
  static final class Group {
    private final List<UUID> first = new ArrayList<>();
    private int count;

    void add(UUID id) {
      count++;
      if (first.size() < NAMED) {
        first.add(id);
      }
    }

    int count() {
      return count;
    }

    List<UUID> first() {
      return List.copyOf(first);
    }
  }

  /// What one policy comes to.
  static final class Sum {
    private final Map<String, Integer> causes = new TreeMap<>();
    private long surplusSeconds;
    private int detected;
    private int undetected;
    private long detectionSeconds;
    private long longest;

    private void add(Outcome outcome) {
      outcome.causes().forEach(cause -> causes.merge(cause, 1, Integer::sum));
      surplusSeconds += outcome.surplusSeconds();
      for (long seconds : outcome.detections()) {
        if (seconds == Outcome.NEVER) {
          undetected++;
        } else {
          detected++;
          detectionSeconds += seconds;
          longest = Math.max(longest, seconds);
        }
      }
    }

    Map<String, Integer> causes() {
      return causes;
    }

    int replacements() {
      return causes.values().stream().mapToInt(Integer::intValue).sum();
    }

    double surplusMinutes() {
      return Math.round(surplusSeconds / 6.0) / 10.0;
    }

    /// Failures that led to a replacement or to the session's end.
    int detected() {
      return detected;
    }

    int undetected() {
      return undetected;
    }

    long meanDetection() {
      return detected == 0 ? 0 : Math.round((double) detectionSeconds / detected);
    }

    long longestDetection() {
      return longest;
    }
  }

  final Sum configured = new Sum();
  final Sum other = new Sum();
  final Group notReproduced = new Group();
  final Group cutOff = new Group();
  final Group unreadable = new Group();
  final Group failed = new Group();
  private int sessions;
  private int differ;

  void add(Comparison comparison) {
    UUID id = comparison.stored().id();
    sessions++;
    configured.add(comparison.configured());
    other.add(comparison.other());
    if (comparison.differs()) {
      differ++;
    }
    if (!comparison.reproduced()) {
      notReproduced.add(id);
    }
    if (!comparison.complete()) {
      cutOff.add(id);
    }
    if (comparison.unreadable() > 0) {
      unreadable.add(id);
    }
  }

  /// A session without a history that can be lived again.
  void addFailed(UUID id) {
    sessions++;
    failed.add(id);
  }

  int sessions() {
    return sessions;
  }

  int differ() {
    return differ;
  }
}
