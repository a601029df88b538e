package io.reelkeeper.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/// The stretches of time that slices cover together, however they overlap, and what is missing of
/// the time that was to be recorded.
final class Coverage {

  /// Slices meet to the millisecond, players bridge a moment; what is longer is a hole.
  private static final long LEAST_HOLE_MS = 5000;

  private static final long LEAST_HOLE_SECONDS = LEAST_HOLE_MS / 1000;

  /// Unix milliseconds.
  record Hole(long fromMs, long toMs) {
    long seconds() {
      return (toMs - fromMs) / 1000;
    }
  }

  private long[] starts = new long[256];
  private long[] ends = new long[256];
  private int count;
  private double untimed;

  /// A slice whose start nobody told (-1) counts with its length and covers no particular time.
  void add(long startMs, double seconds) {
    if (startMs < 0) {
      untimed += seconds;
      return;
    }
    long endMs = startMs + Math.round(seconds * 1000);
    if (count > 0 && startMs >= starts[count - 1] && startMs <= ends[count - 1]) {
      ends[count - 1] = Math.max(ends[count - 1], endMs);
      return;
    }
    if (count == starts.length) {
      starts = Arrays.copyOf(starts, count * 2);
      ends = Arrays.copyOf(ends, count * 2);
    }
    starts[count] = startMs;
    ends[count++] = endMs;
  }

  void addAll(Coverage other) {
    for (int i = 0; i < other.count; i++) {
      add(other.starts[i], (other.ends[i] - other.starts[i]) / 1000.0);
    }
    untimed += other.untimed;
  }

  boolean isEmpty() {
    return count == 0 && untimed == 0;
  }

  /// The time that is recorded, overlaps once.
  double seconds() {
    return untimed + merged().stream().mapToLong(it -> it.toMs() - it.fromMs()).sum() / 1000.0;
  }

  /// The first covered millisecond; `otherwise` when there is none.
  long startMs(long otherwise) {
    return IntStream.range(0, count).mapToLong(i -> starts[i]).min().orElse(otherwise);
  }

  long endMs(long otherwise) {
    return IntStream.range(0, count).mapToLong(i -> ends[i]).max().orElse(otherwise);
  }

  List<Hole> holes() {
    var holes = new ArrayList<Hole>();
    List<Hole> covered = merged();
    for (int i = 1; i < covered.size(); i++) {
      var hole = new Hole(covered.get(i - 1).toMs(), covered.get(i).fromMs());
      if (hole.toMs() - hole.fromMs() >= LEAST_HOLE_MS) {
        holes.add(hole);
      }
    }
    return holes;
  }

  private List<Hole> merged() {
    int[] order =
        IntStream.range(0, count)
            .boxed()
            .sorted((a, b) -> Long.compare(starts[a], starts[b]))
            .mapToInt(Integer::intValue)
            .toArray();
    var merged = new ArrayList<Hole>();
    for (int i : order) {
      Hole last = merged.isEmpty() ? null : merged.getLast();
      if (last != null && starts[i] <= last.toMs()) {
        merged.set(merged.size() - 1, new Hole(last.fromMs(), Math.max(last.toMs(), ends[i])));
      } else {
        merged.add(new Hole(starts[i], ends[i]));
      }
    }
    return merged;
  }

  /// What is missing, such as `58:12 of 60:00, one hole of 74 s at 10:31`; nothing within the
  /// tolerance.
  ///
  /// @param silences when there was nothing to record
  Optional<String> missing(Instant from, Instant to, List<Hole> silences, Duration tolerance) {
    double silent = silences.stream().mapToLong(it -> it.toMs() - it.fromMs()).sum() / 1000.0;
    double wanted = Duration.between(from, to).toMillis() / 1000.0 - silent;
    double recorded = seconds();
    double allowed = Math.max(tolerance.toMillis() / 1000.0, wanted * 0.02);
    if (wanted - recorded <= allowed) {
      return Optional.empty();
    }
    var words = new ArrayList<String>();
    words.add(clock(recorded) + " of " + clock(wanted));
    List<Hole> holes =
        holes().stream()
            .filter(hole -> hole.seconds() - overlap(hole, silences) >= LEAST_HOLE_SECONDS)
            .sorted(Comparator.comparing(Hole::seconds).reversed())
            .toList();
    if (!holes.isEmpty()) {
      Hole longest = holes.getFirst();
      words.add(
          "%s of %d s at %s"
              .formatted(
                  holes.size() == 1 ? "one hole" : holes.size() + " holes, the longest",
                  longest.seconds(),
                  clock((longest.fromMs() - from.toEpochMilli()) / 1000.0)));
    }
    if (!isEmpty()) {
      long late = (startMs(from.toEpochMilli()) - from.toEpochMilli()) / 1000;
      long early = (to.toEpochMilli() - endMs(to.toEpochMilli())) / 1000;
      if (late >= LEAST_HOLE_SECONDS) {
        words.add("it begins " + late + " s late");
      }
      if (early >= LEAST_HOLE_SECONDS) {
        words.add("it ends " + early + " s early");
      }
    }
    return Optional.of(String.join(", ", words));
  }

  private static long overlap(Hole hole, List<Hole> silences) {
    return silences.stream()
            .mapToLong(
                it -> Math.min(it.toMs(), hole.toMs()) - Math.max(it.fromMs(), hole.fromMs()))
            .filter(ms -> ms > 0)
            .sum()
        / 1000;
  }

  /// `58:12`, `60:00` and then `1:02:03`, as a player shows it.
  static String clock(double seconds) {
    long all = Math.max(0, Math.round(seconds));
    return all > 3600
        ? String.format(Locale.ROOT, "%d:%02d:%02d", all / 3600, all / 60 % 60, all % 60)
        : String.format(Locale.ROOT, "%02d:%02d", all / 60, all % 60);
  }
}
