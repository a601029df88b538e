package io.reelkeeper.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reelkeeper.proof.check.Evidence.Exchange;
import io.reelkeeper.proof.lab.FaultProxy.Fault;
import io.reelkeeper.proof.lab.Lab;
import io.reelkeeper.proof.lab.WallClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// PostgreSQL goes away in every way that it has, while recordings run, and comes back.
final class DatabaseIT {

  /// Longer than the wait for a socket, shorter than anybody's patience.
  private static final Duration ANSWER = Duration.ofSeconds(20);

  private static Lab lab;

  @BeforeAll
  static void build() {
    lab = new Lab("database", Seed.of(DatabaseIT.class), Map.of());
  }

  @AfterAll
  static void end() {
    lab.close();
  }

  @AfterEach
  void links() {
    lab.databaseLink().set(Fault.NONE);
  }

  @Test
  void restarted() {
    survives("restarted", lab.postgres()::stop, lab.postgres()::start);
  }

  @Test
  @Tag("short")
  void killed() {
    survives("killed", lab.postgres()::kill, lab.postgres()::start);
  }

  @Test
  @Tag("short")
  void frozen() {
    survives("frozen", lab.postgres()::freeze, lab.postgres()::thaw);
  }

  @Test
  void onlyReadable() {
    survives(
        "only-readable",
        () -> {
          lab.postgres().stop();
          lab.postgres().startFollowing();
        },
        lab.postgres()::promote);
  }

  @Test
  void outOfReachOfTheServiceAlone() {
    survives(
        "partition",
        () -> lab.databaseLink().set(Fault.CUT),
        () -> lab.databaseLink().set(Fault.NONE));
  }

  @Test
  void silent() {
    survives(
        "silent",
        () -> lab.databaseLink().set(Fault.SILENT),
        () -> lab.databaseLink().set(Fault.NONE));
  }

  @Test
  void answeringWithNoise() {
    survives(
        "noise",
        () -> lab.databaseLink().set(Fault.GARBAGE),
        () -> lab.databaseLink().set(Fault.NONE));
  }

  @Test
  @Tag("short")
  void cutBehindACommit() {
    int before = lab.databaseLink().met();
    var trial = new Trial(lab, "commit-unknown");
    lab.databaseLink().set(Fault.CUT_AFTER_COMMIT);
    CompletableFuture<Exchange> answer = trial.asksMeanwhile();
    await().atMost(Trial.PATIENCE).until(() -> lab.databaseLink().met() > before);
    lab.databaseLink().set(Fault.NONE);
    answer.join();

    UUID session = trial.asksUntilAnswered();
    trial.recordsOnce(session);
    assertThat(trial.recorders()).isOne();
    trial.stopsForGood(session);
  }

  /// A recording that runs goes on, a start meanwhile is refused and made good afterwards, and the
  /// process is never taken for dead.
  private static void survives(String fault, Runnable begins, Runnable ends) {
    var running = new Trial(lab, fault + "-running");
    UUID session = running.asksUntilAnswered();
    running.recordsOnce(session);
    var meanwhile = new Trial(lab, fault + "-meanwhile");
    Instant from = WallClock.now();
    begins.run();
    await()
        .atMost(ANSWER)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> lab.service().health("readiness") == 503);
    Exchange refused = meanwhile.asks();
    assertThat(lab.service().health("liveness")).isEqualTo(200);
    ends.run();
    lab.away(from);

    assertThat(refused.status()).isEqualTo(503);
    assertThat(Duration.between(refused.asked(), refused.answered())).isLessThan(ANSWER);
    UUID late = meanwhile.asksUntilAnswered();
    meanwhile.recordsOnce(late);
    assertThat(meanwhile.recorders()).isOne();
    assertThat(running.recorders()).isOne();
    assertThat(lab.service().process().isAlive()).isTrue();
    running.stopsForGood(session);
    meanwhile.stopsForGood(late);
    running.quiet();
  }
}
