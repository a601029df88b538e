package io.reelkeeper.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.proof.lab.FaultProxy;
import io.reelkeeper.proof.lab.FaultProxy.Fault;
import io.reelkeeper.proof.lab.Lab;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/// The links between the service and Agora fail in both directions.
final class LinkIT {

  private static Lab lab;

  @BeforeAll
  static void build() {
    lab = new Lab("link", Seed.of(LinkIT.class), Map.of());
  }

  @AfterAll
  static void end() {
    lab.close();
  }

  @AfterEach
  void links() {
    lab.agoraLinks().forEach(link -> link.set(Fault.NONE));
    lab.front().set(Fault.NONE);
    lab.agora().reset();
  }

  /// Whatever the first domain does to the answers, the recording comes about, and only one of it.
  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"NONE", "CUT_AFTER_COMMIT"})
  void toTheFirstDomain(Fault fault) {
    var trial = new Trial(lab, "agora-" + fault);
    FaultProxy first = lab.agoraLinks().getFirst();
    first.set(fault);

    UUID session = trial.asksUntilAnswered();
    first.set(Fault.NONE);
    trial.recordsOnce(session);
    trial.stopsForGood(session);
    trial.quiet();
    assertThat(lab.agora().running(trial.channel())).isEmpty();
  }

  /// Notices that were not answered come again, and none is lost.
  @ParameterizedTest
  @EnumSource(names = {"CUT", "SLOW", "GARBAGE"})
  void fromAgorasNotices(Fault fault) {
    var trial = new Trial(lab, "notices-" + fault);
    lab.front().set(fault);

    UUID session = trial.asksUntilAnswered();
    trial.recordsOnce(session);
    lab.front().set(Fault.NONE);
    trial.stopsForGood(session);
    trial.quiet();
  }

  @Test
  @Tag("short")
  void startsWhoseAnswersAreLostLateAndWrong() {
    lab.agora()
        .fault(
            """
            [{"operation": "start", "cname": "lost", "drop": "after"},
             {"operation": "start", "cname": "late", "delay": "7s", "afterWork": true},
             {"operation": "start", "cname": "wrong", "garbage": "<html>", "afterWork": true}]
            """);
    for (String channel : new String[] {"lost", "late", "wrong"}) {
      var trial = new Trial(lab, channel);
      UUID session = trial.asksUntilAnswered();
      trial.recordsOnce(session);
      trial.stopsForGood(session);
      trial.quiet();
    }
  }
}
