package io.reelkeeper.sandbox.recorder;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What is still to come, in the order of time; guarded by the lock of the sandbox.
///
/// Steps are plain data, so that they outlive the process in the state file.
public final class Timeline {

  public enum What {
    JOIN,
    UPLOADER,
    READY,
    PAGE,
    PAGE_LATE,
    PROBE_READY,
    PROBE_ALIVE,
    SLICE,
    PROGRESS,
    IDLE,
    SNAPSHOT,
    MIGRATED,
    TOKEN_END,
    LONGEST,
    EXIT,
    FORWARD,
    FORGET,
    REOPEN,
    NOTICE
  }

  /// @param sid the recorder concerned, or empty
  public record Step(Instant at, long order, String sid, What what, String argument) {}

  private static final Comparator<Step> BY_TIME =
      Comparator.comparing(Step::at).thenComparing(Step::order);

  private final PriorityQueue<Step> steps = new PriorityQueue<>(BY_TIME);
  private final PriorityQueue<Step> notices = new PriorityQueue<>(BY_TIME);
  private long order;

  public void add(Instant at, String sid, What what, String argument) {
    (what == What.NOTICE ? notices : steps).add(new Step(at, order++, sid, what, argument));
  }

  void add(Instant at, String sid, What what) {
    add(at, sid, what, "");
  }

  /// Takes the next due step that is not a notice.
  public @Nullable Step nextStep(Instant now) {
    return due(steps, now) ? steps.poll() : null;
  }

  public @Nullable Step nextNotice(Instant now) {
    return due(notices, now) ? notices.poll() : null;
  }

  /// Takes the next due step of either kind.
  public @Nullable Step next(Instant now) {
    Step step = steps.peek();
    Step notice = notices.peek();
    if (step == null || (notice != null && BY_TIME.compare(notice, step) < 0)) {
      return nextNotice(now);
    }
    return nextStep(now);
  }

  /// Drops the steps of a recorder that is gone; its notices are still sent.
  void forget(String sid) {
    steps.removeIf(step -> step.sid().equals(sid));
  }

  public List<Step> all() {
    return Stream.concat(steps.stream(), notices.stream()).sorted(BY_TIME).toList();
  }

  private static boolean due(PriorityQueue<Step> queue, Instant now) {
    Step first = queue.peek();
    return first != null && !first.at().isAfter(now);
  }
}
