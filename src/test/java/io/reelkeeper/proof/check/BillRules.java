package io.reelkeeper.proof.check;

import io.reelkeeper.proof.check.Checker.Violation;
import io.reelkeeper.proof.check.Checker.When;
import io.reelkeeper.proof.check.Evidence.Recorder;
import io.reelkeeper.proof.check.Evidence.TaskRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// R3: every recorder was ordered once, by a task that says why; and none runs on unwanted.
final class BillRules {

  private BillRules() {}

  static List<Violation> check(Evidence evidence, When when) {
    List<Violation> found = new ArrayList<>();
    List<Recorder> all = evidence.recorders();
    for (int at = 0; at < all.size(); at++) {
      Recorder one = all.get(at);
      for (Recorder other : all.subList(at + 1, all.size())) {
        if (one.channel().equals(other.channel())
            && one.uid().equals(other.uid())
            && overlap(one, other)) {
          found.add(
              new Violation(
                  "R3",
                  "recorders %s and %s ran at once under UID %s of %s"
                      .formatted(one.sid(), other.sid(), one.uid(), one.channel())));
        }
      }
      if (!isExplained(evidence, one)) {
        found.add(
            new Violation(
                "R3",
                "no task explains recorder %s of %s under UID %s"
                    .formatted(one.sid(), one.channel(), one.uid())));
      }
    }
    if (when == When.SETTLED) {
      settled(evidence, found);
    }
    return found;
  }

  private static boolean overlap(Recorder one, Recorder other) {
    return (one.endedAt() == null || one.endedAt().isAfter(other.startedAt()))
        && (other.endedAt() == null || other.endedAt().isAfter(one.startedAt()));
  }

  /// By its sid, or as a start of this very resource whose answer is still to come or was lost.
  private static boolean isExplained(Evidence evidence, Recorder recorder) {
    return evidence.taskOf(recorder).isPresent()
        || evidence.tasks().stream()
            .filter(task -> task.sid() == null)
            .filter(task -> task.channel().equals(recorder.channel()))
            .filter(task -> task.uid().equals(recorder.uid()))
            .anyMatch(task -> Objects.equals(task.resourceId(), recorder.resourceId()));
  }

  private static void settled(Evidence evidence, List<Violation> found) {
    for (var session : evidence.sessions()) {
      List<TaskRow> tasks = evidence.tasksOf(session.id());
      List<Recorder> running =
          tasks.stream()
              .flatMap(
                  task ->
                      evidence.recorders().stream()
                          .filter(it -> it.endedAt() == null && it.sid().equals(task.sid())))
              .toList();
      if (running.size() > (session.isFinal() ? 0 : 1)) {
        found.add(
            new Violation(
                "R3",
                "%s is %s and %s recorders run"
                    .formatted(session.channel(), session.status(), running.size())));
      }
      for (TaskRow task : tasks) {
        if (task.status().equals("unknown") && !isAlarmed(evidence, task)) {
          found.add(
              new Violation(
                  "R3",
                  "task %s of %s is unknown and nobody was told"
                      .formatted(task.number(), session.channel())));
        }
        if (task.number() > 1 && task.cause().equals("requested")) {
          found.add(
              new Violation(
                  "R3", "task %s of %s has no reason".formatted(task.number(), session.channel())));
        }
      }
    }
  }

  private static boolean isAlarmed(Evidence evidence, TaskRow task) {
    return evidence.events().stream()
        .anyMatch(
            event -> event.session().equals(task.session()) && event.type().equals("task.unknown"));
  }
}
