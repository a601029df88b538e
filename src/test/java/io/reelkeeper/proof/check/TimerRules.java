package io.reelkeeper.proof.check;

import io.reelkeeper.proof.check.Checker.Violation;
import io.reelkeeper.proof.check.Checker.When;
import io.reelkeeper.proof.check.Evidence.Recorder;
import io.reelkeeper.proof.check.Evidence.Step;
import io.reelkeeper.proof.check.Evidence.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// R4 and R12: no timer is early, none is forgotten, and who is not at the end has one.
final class TimerRules {

  private TimerRules() {}

  static List<Violation> check(Evidence evidence, When when) {
    List<Violation> found = new ArrayList<>();
    for (Step step : evidence.history()) {
      if (step.signal().equals("HaDue")) {
        watchdog(evidence, step, found);
      }
    }
    evidence.recorders().forEach(recorder -> replacement(evidence, recorder, found));
    if (when == When.SETTLED) {
      for (Timer timer : evidence.timers()) {
        Instant latest = timer.due().plus(evidence.limits().takeover());
        if (latest.isBefore(evidence.at())) {
          found.add(
              new Violation(
                  "R4", "timer %s of %s is overdue".formatted(timer.kind(), timer.instance())));
        }
      }
      for (var session : evidence.sessions()) {
        if (!session.isFinal() && !waits(evidence, session.id().toString())) {
          found.add(new Violation("R4", "%s waits for nothing".formatted(session.channel())));
        }
      }
    }
    return found;
  }

  /// Never before its time; after it at most as long as nobody was there, and a takeover.
  private static void watchdog(Evidence evidence, Step step, List<Violation> found) {
    evidence.tasksOf(step.session()).stream()
        .filter(task -> Objects.equals(task.number(), step.task()))
        .map(Evidence.TaskRow::startedAt)
        .filter(Objects::nonNull)
        .forEach(
            started -> {
              Instant due = started.plus(evidence.limits().watchdog());
              if (step.at().isBefore(due)) {
                found.add(new Violation("R12", "the watchdog was early: %s".formatted(step)));
              }
              Duration away = away(evidence, due, step.at());
              if (step.at().isAfter(due.plus(away).plus(evidence.limits().takeover()))) {
                found.add(new Violation("R4", "the watchdog was late: %s".formatted(step)));
              }
            });
  }

  /// By Agora's clock, whatever ours say.
  private static void replacement(Evidence evidence, Recorder recorder, List<Violation> found) {
    evidence
        .taskOf(recorder)
        .filter(task -> task.cause().equals("ha-not-registered"))
        .ifPresent(
            _ -> {
              Instant earliest = recorder.startedAt().minus(evidence.limits().watchdog());
              if (evidence.recordersIn(recorder.channel()).stream()
                  .noneMatch(other -> !other.startedAt().isAfter(earliest))) {
                found.add(
                    new Violation(
                        "R12",
                        "%s was replaced by the watchdog before its time"
                            .formatted(recorder.channel())));
              }
            });
  }

  private static Duration away(Evidence evidence, Instant from, Instant until) {
    return evidence.outages().stream()
        .filter(outage -> outage.from().isBefore(until) && outage.until().isAfter(from))
        .map(outage -> Duration.between(from, outage.until()))
        .filter(Duration::isPositive)
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  private static boolean waits(Evidence evidence, String session) {
    return evidence.timers().stream().anyMatch(timer -> timer.instance().startsWith(session));
  }
}
