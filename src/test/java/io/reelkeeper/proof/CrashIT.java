package io.reelkeeper.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reelkeeper.proof.lab.Lab;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The service is killed by SIGKILL at each point that matters, and started again.
final class CrashIT {

  private static final Map<String, String> SETTINGS =
      Map.of("reelkeeper.timers.heartbeat", "500ms", "reelkeeper.inbox.lease", "3s");

  private static Lab lab;

  @BeforeAll
  static void build() {
    lab = new Lab("crash", Seed.of(CrashIT.class), SETTINGS);
  }

  @AfterAll
  static void end() {
    lab.close();
  }

  @Test
  void beforeTheIntentIsCommitted() {
    Trial trial = killedInAStart("open:before-commit");

    assertThat(lab.agora().asked("acquire", trial.channel())).isZero();
    recordsOnceAfterTheRestart(trial, 1);
  }

  @Test
  void afterTheIntentIsCommitted() {
    Trial trial = killedInAStart("open:after-commit");

    recordsOnceAfterTheRestart(trial, 1);
  }

  @Test
  void beforeAcquire() {
    Trial trial = killedInAStart("acquire:before");

    recordsOnceAfterTheRestart(trial, 1);
    assertThat(lab.agora().asked("acquire", trial.channel())).isEqualTo(1);
  }

  @Test
  void inAcquire() {
    Trial trial = killedInAStart("acquire:after");

    recordsOnceAfterTheRestart(trial, 1);
    assertThat(lab.agora().asked("acquire", trial.channel())).isEqualTo(2);
  }

  @Test
  void afterTheResourceIsStored() {
    Trial trial = killedInAStart("Acquired:after-commit");

    recordsOnceAfterTheRestart(trial, 1);
  }

  @Test
  @Tag("short")
  void afterTheStartIsSentAndBeforeItsAnswerIsRead() {
    String channel = "sent";
    lab.agora()
        .fault(
            """
            {"operation": "start", "cname": "%s", "delay": "4s", "afterWork": true}
            """
                .formatted(channel));
    var trial = new Trial(lab, channel);
    CompletableFuture<?> answer = trial.asksMeanwhile();
    await().atMost(Trial.PATIENCE).until(() -> trial.recorders() == 1);
    lab.service().kill();
    answer.join();
    lab.service().start();

    recordsOnceAfterTheRestart(trial, 1);
  }

  @Test
  void afterTheAnswerIsReadAndBeforeItIsStored() {
    Trial trial = killedInAStart("start:after");

    recordsOnceAfterTheRestart(trial, 1);
  }

  @Test
  @Tag("short")
  void beforeTheAnswerIsCommitted() {
    Trial trial = killedInAStart("StartGranted:before-commit");

    recordsOnceAfterTheRestart(trial, 1);
  }

  @Test
  void afterTheAnswerIsCommittedAndBeforeTheReply() {
    Trial trial = killedInAStart("StartGranted:after-commit");

    recordsOnceAfterTheRestart(trial, 1);
    assertThat(lab.agora().asked("start", trial.channel())).isOne();
  }

  @Test
  @Tag("short")
  void inAStopThatWasCarriedOut() {
    var trial = new Trial(lab, "stop");
    UUID session = trial.asksUntilAnswered();
    trial.recordsOnce(session);
    lab.service().arm("stop:after");
    var answer = CompletableFuture.supplyAsync(() -> trial.stops(session));
    lab.service().awaitReached(Trial.PATIENCE);
    lab.service().kill();
    answer.join();
    lab.service().start();

    trial.stopsForGood(session);
    trial.quiet();
    assertThat(lab.agora().running("stop")).isEmpty();
    assertThat(trial.recorders()).isOne();
  }

  @Test
  void duringTheShutdown() {
    String channel = "shutdown";
    lab.agora()
        .fault(
            """
            {"operation": "start", "cname": "%s", "delay": "4s", "afterWork": true}
            """
                .formatted(channel));
    var trial = new Trial(lab, channel);
    CompletableFuture<?> answer = trial.asksMeanwhile();
    await().atMost(Trial.PATIENCE).until(() -> trial.recorders() == 1);
    lab.service().process().terminate();
    await().atMost(Trial.PATIENCE).until(() -> lab.service().health("readiness") != 200);
    lab.service().kill();
    answer.join();
    lab.service().start();

    recordsOnceAfterTheRestart(trial, 1);
  }

  private static Trial killedInAStart(String point) {
    var trial = new Trial(lab, point.replace(':', '-'));
    lab.service().arm(point);
    CompletableFuture<?> answer = trial.asksMeanwhile();
    lab.service().awaitReached(Trial.PATIENCE);
    lab.service().kill();
    answer.join();
    lab.service().start();
    return trial;
  }

  private static void recordsOnceAfterTheRestart(Trial trial, int recorders) {
    UUID session = trial.asksUntilAnswered();
    trial.recordsOnce(session);
    assertThat(trial.recorders()).isEqualTo(recorders);
    trial.stopsForGood(session);
  }
}
