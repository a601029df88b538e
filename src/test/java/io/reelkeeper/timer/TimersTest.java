package io.reelkeeper.timer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reelkeeper.TestClock;
import io.reelkeeper.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

final class TimersTest {

  private final TestDatabase database = TestDatabase.migrated();
  private final TestClock clock = TestClock.at("2026-03-01T10:00:00Z");
  private final Timers timers = DueTimers.timers(database, clock);
  private final TransactionTemplate transaction =
      new TransactionTemplate(new JdbcTransactionManager(database.dataSource()));
  private final List<String> ran = new ArrayList<>();

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void aTimerRunsWhenItIsDueAndNeverEarly() {
    var due = running("QUERY", _ -> {});
    timers.change(List.of(set("QUERY", "s1", Duration.ofSeconds(5))));

    clock.advance(Duration.ofMillis(4_999));
    assertThat(due.runDue()).isZero();
    clock.advance(Duration.ofMillis(1));
    assertThat(due.runDue()).isOne();

    assertThat(ran).containsExactly("QUERY s1");
    assertThat(timers.exists("QUERY", "s1")).isFalse();
  }

  @Test
  void settingATimerAgainReplacesIt() {
    var due = running("QUERY", _ -> {});
    timers.change(List.of(set("QUERY", "s1", Duration.ofSeconds(5))));
    timers.change(List.of(set("QUERY", "s1", Duration.ofSeconds(60))));

    clock.advance(Duration.ofSeconds(59));
    assertThat(due.runDue()).isZero();
    clock.advance(Duration.ofSeconds(1));
    assertThat(due.runDue()).isOne();
  }

  @Test
  void ofSeveralChangesOfOneTimerTheLastCounts() {
    timers.change(
        List.of(
            set("QUERY", "s1", Duration.ZERO),
            cancel("QUERY", "s1"),
            cancel("STOP", "s1"),
            set("STOP", "s1", Duration.ZERO)));

    assertThat(timers.exists("QUERY", "s1")).isFalse();
    assertThat(timers.exists("STOP", "s1")).isTrue();
  }

  @Test
  void aTimerComesTrueWithItsTransactionOrNever() {
    transaction.executeWithoutResult(
        status -> {
          timers.change(List.of(set("QUERY", "s1", Duration.ZERO)));
          status.setRollbackOnly();
        });
    transaction.executeWithoutResult(
        _ -> timers.change(List.of(set("QUERY", "s2", Duration.ZERO))));

    assertThat(timers.exists("QUERY", "s1")).isFalse();
    assertThat(timers.exists("QUERY", "s2")).isTrue();
  }

  @Test
  void theStatementMayBePartOfABiggerOne() {
    timers.change(List.of(set("STOP", "s1", Duration.ZERO)));
    var changes = List.of(set("QUERY", "s1", Duration.ZERO), cancel("STOP", "s1"));

    int answer =
        database
            .jdbc()
            .sql(
                """
                with wanted as (%s), unwanted as (%s)
                select 42
                """
                    .formatted(Timers.SET, Timers.CANCEL))
            .params(Timers.parameters(changes))
            .query((row, _) -> row.getInt(1))
            .single();

    assertThat(answer).isEqualTo(42);
    assertThat(timers.exists("QUERY", "s1")).isTrue();
    assertThat(timers.exists("STOP", "s1")).isFalse();
  }

  @Test
  void theUrgentGoesFirstThenTheEarlier() {
    var due = running("QUERY", _ -> {});
    timers.change(
        List.of(
            new TimerChange.Set("QUERY", "late", clock.instant(), 0),
            new TimerChange.Set("QUERY", "early", clock.instant().minusSeconds(9), 0),
            new TimerChange.Set("QUERY", "urgent", clock.instant(), 10)));

    due.runDue();

    assertThat(ran).containsExactly("QUERY urgent", "QUERY early", "QUERY late");
  }

  @Test
  void whatAWalkMakesDueAtOnceRunsInTheSameGo() {
    var due =
        running(
            "STEP",
            instance -> {
              if (instance.length() < 3) {
                timers.change(List.of(set("STEP", instance + "x", Duration.ZERO)));
              }
            });
    timers.change(List.of(set("STEP", "x", Duration.ZERO)));

    assertThat(due.runDue()).isEqualTo(3);
    assertThat(ran).containsExactly("STEP x", "STEP xx", "STEP xxx");
  }

  @Test
  void aWalkThatSetsItsOwnTimerAnewKeepsIt() {
    var due =
        running(
            "QUERY",
            instance -> timers.change(List.of(set("QUERY", instance, Duration.ofMinutes(2)))));
    timers.change(List.of(set("QUERY", "s1", Duration.ZERO)));

    assertThat(due.runDue()).isOne();
    assertThat(timers.exists("QUERY", "s1")).isTrue();
    clock.advance(Duration.ofMinutes(2));
    assertThat(due.runDue()).isOne();
  }

  @Test
  void aWalkThatCancelsItsOwnTimerAndSeesItSetAgainLeavesTheNewOne() {
    var due =
        running(
            "QUERY",
            instance -> {
              timers.change(List.of(cancel("QUERY", instance)));
              timers.change(List.of(set("QUERY", instance, Duration.ofMinutes(2))));
            });
    timers.change(List.of(set("QUERY", "s1", Duration.ZERO)));

    assertThat(due.runDue()).isOne();
    assertThat(timers.exists("QUERY", "s1")).isTrue();
  }

  @Test
  void aTimerIsFinishedWhenTheChangeOfItWasRolledBack() {
    var due =
        running(
            "QUERY",
            instance ->
                transaction.executeWithoutResult(
                    status -> {
                      timers.change(List.of(set("QUERY", instance, Duration.ofMinutes(2))));
                      status.setRollbackOnly();
                    }));
    timers.change(List.of(set("QUERY", "s1", Duration.ZERO)));

    assertThat(due.runDue()).isOne();
    assertThat(timers.exists("QUERY", "s1")).isFalse();
  }

  @Test
  void aFailedWalkComesAgainAfterGrowingWaits() {
    var due =
        running(
            "QUERY",
            _ -> {
              throw new IllegalStateException("the line was dead");
            });
    timers.change(List.of(set("QUERY", "s1", Duration.ZERO)));
    due.runDue();

    for (int wait : List.of(1, 2, 5, 15, 30, 30)) {
      clock.advance(Duration.ofSeconds(wait).minusMillis(1));
      assertThat(due.runDue()).as("before %d s", wait).isZero();
      clock.advance(Duration.ofMillis(1));
      assertThat(due.runDue()).as("after %d s", wait).isOne();
    }
  }

  @Test
  void aTimerSetAnewHasItsFailuresForgotten() {
    var due =
        running(
            "QUERY",
            _ -> {
              throw new StackOverflowError("an Error is a failure too");
            });
    timers.change(List.of(set("QUERY", "s1", Duration.ZERO)));
    due.runDue();
    clock.advance(Duration.ofSeconds(1));
    due.runDue();

    timers.change(List.of(set("QUERY", "s1", Duration.ZERO)));
    due.runDue();

    clock.advance(Duration.ofSeconds(1));
    assertThat(due.runDue()).isOne();
  }

  @Test
  void aWalkThatFailsAfterItsTimerWasSetAnewDoesNotMoveIt() {
    var due =
        running(
            "QUERY",
            instance -> {
              timers.change(List.of(set("QUERY", instance, Duration.ofMinutes(2))));
              throw new IllegalStateException("too late to matter");
            });
    timers.change(List.of(set("QUERY", "s1", Duration.ZERO)));
    due.runDue();

    clock.advance(Duration.ofSeconds(119));
    assertThat(due.runDue()).isZero();
    clock.advance(Duration.ofSeconds(1));
    assertThat(due.runDue()).isOne();
  }

  @Test
  void timersOfKindsNobodyServesStay() {
    var due = running("QUERY", _ -> {});
    timers.change(List.of(set("TOMORROWS_KIND", "s1", Duration.ZERO)));

    assertThat(due.runDue()).isZero();
    assertThat(timers.exists("TOMORROWS_KIND", "s1")).isTrue();
  }

  @Test
  void timersThatMakeThemselvesDueForEverAreStopped() {
    var due =
        running("LOOP", instance -> timers.change(List.of(set("LOOP", instance, Duration.ZERO))));
    timers.change(List.of(set("LOOP", "s1", Duration.ZERO)));

    assertThatThrownBy(due::runDue)
        .hasMessageContaining("without end")
        .hasMessageContaining("LOOP");
  }

  private DueTimers running(String kind, Consumer<String> doing) {
    return DueTimers.of(
        database,
        clock,
        new Walk() {
          @Override
          public String kind() {
            return kind;
          }

          @Override
          public void run(String instance) {
            ran.add(kind + " " + instance);
            doing.accept(instance);
          }
        });
  }

  private TimerChange set(String kind, String instance, Duration in) {
    Instant at = clock.instant().plus(in);
    return new TimerChange.Set(kind, instance, at, 0);
  }

  private static TimerChange cancel(String kind, String instance) {
    return new TimerChange.Cancel(kind, instance);
  }
}
