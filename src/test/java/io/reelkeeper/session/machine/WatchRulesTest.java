package io.reelkeeper.session.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.session.state.Notice.What;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Signal.StopOutcome;
import io.reelkeeper.session.state.Task.Status;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Watching goes on for as long as a recorder is wanted: no deadline is lost on the way, and none
/// outlives its task.
class WatchRulesTest {

  @Test
  void aPageThatFallsSilentWhileItsReplacementIsCalledOffIsReplacedAllTheSame() {
    Life life = Life.ofPage().recording().hears(new Signal.PageReady(1)).lost(1);
    life.untilDue("PAGE/1").hears(new Signal.PageDue(1));
    assertThat(life.rule).as("somebody takes over already").isEqualTo(Rule.NOTED);

    life.untilDue("QUERY/1").answers(1, 5);
    assertThat(life.rule).isEqualTo(Rule.FOUND_AGAIN);

    life.untilDue("PAGE/1").hears(new Signal.PageDue(1));
    assertThat(life.rule).isEqualTo(Rule.PAGE_SILENT);
    assertThat(life.task(3).cause().word()).isEqualTo("page-silent");
  }

  @Test
  void aPageThatWasReplacedIsAskedForNoMore() {
    Life life = Life.ofPage().recording().untilDue("PAGE/1").hears(new Signal.PageDue(1));

    life.granted(2, Life.SECOND_SID).untilDue("QUERY/2").answers(2, 5);

    assertThat(life.task(1).wanted()).isFalse();
    assertThat(life.timers).doesNotContainKey("PAGE/1").containsKey("PAGE/2");
  }

  @Test
  void aRecorderThatIsSoonBeyondControlIsReplacedAsSoonAsTheBudgetAllows() {
    Life life = Life.begins().recording();
    int last = 6;
    for (int task = 1; task < last; task++) {
      life.noticed(sid(task), life.task(task).uid(), 11, new What.Exited(1));
      life.granted(task + 1, sid(task + 1)).untilDue("QUERY/" + (task + 1)).answers(task + 1, 5);
    }
    life.hears(new Signal.ExpiryDue(last));
    assertThat(life.session.tasks()).as("no room for another one").hasSize(last);

    while (life.session.tasks().size() == last) {
      life.untilDue("EXPIRY/" + last).hears(new Signal.ExpiryDue(last));
    }

    assertThat(Duration.between(life.session.createdAt(), life.now))
        .isBetween(minutes(60), minutes(76));
    assertThat(life.task(last).wanted()).as("until the other one records").isTrue();
  }

  @Test
  void aReplacementThatAnOperatorOrdersIsMadeBeforeTheOldRecorderIsLetGo() {
    Life life = Life.begins().recording().hears(new Signal.ReplaceAsked());
    assertThat(life.rule).isEqualTo(Rule.REPLACED_AS_ASKED);
    assertThat(life.task(2).cause().word()).isEqualTo("operator");
    life.hears(new Signal.ReplaceAsked());
    assertThat(life.rule).as("one takes over already").isEqualTo(Rule.REPLACE_DECLINED);

    life.granted(2, Life.SECOND_SID);
    assertThat(life.task(1).wanted()).as("the new one proves nothing yet").isTrue();

    life.untilDue("QUERY/2").answers(2, 5);
    assertThat(life.task(1).wanted()).isFalse();
    assertThat(life.timers).containsKey("STOP/1");
  }

  @Test
  void aReplacementThatCannotBeHadCostsTheSessionNothing() {
    Life life = Life.begins().recording();
    int last = 6;
    for (int task = 1; task < last; task++) {
      life.noticed(sid(task), life.task(task).uid(), 11, new What.Exited(1));
      life.granted(task + 1, sid(task + 1)).untilDue("QUERY/" + (task + 1)).answers(task + 1, 5);
    }

    life.hears(new Signal.ReplaceAsked());

    assertThat(life.rule).isEqualTo(Rule.REPLACE_DECLINED);
    assertThat(life.session.tasks()).hasSize(last);
    assertThat(life.session.status().word()).isEqualTo("recording");
  }

  @Test
  void aLostSidThatTurnsUpLateIsBeyondControlAsSoonAsAnyOther() {
    Life life = Life.begins().sent(1).hears(new Signal.StartUnheard(1, "read time-out", true));

    life.after(Duration.ofHours(100))
        .noticed(Life.SID, "4000000001", 40, new What.RecorderStarted(0));

    assertThat(life.rule).isEqualTo(Rule.SID_ADOPTED);
    assertThat(life.dueIn("EXPIRY/1")).isEqualTo(Duration.ofHours(719 - 100));
  }

  @Test
  void aStopDoesNotBeginAnewToDoubtARecorderThatIsBeingStopped() {
    Life life = Life.begins().recording().lost(1).granted(2, Life.SECOND_SID);
    life.untilDue("QUERY/2").answers(2, 5);
    life.stopAnswers(1, StopOutcome.NOT_FOUND).afterSeconds(89).stopAsked();

    life.afterSeconds(1).stopAnswers(1, StopOutcome.NOT_FOUND);

    assertThat(life.rule).isEqualTo(Rule.STOP_PROVEN_BY_ABSENCE);
  }

  @Test
  void aStartWithoutStorageTokenThatIsNotWantedAnyMoreWaitsForNoToken() {
    Life life =
        Life.begins().sent(1).hears(new Signal.StartBusy(1, "start", 502, 502, "busy", null));
    life.stopAsked();
    life.timers.remove("START/1"); // its walk runs, and did not see the stop

    life.hears(new Signal.StorageTokenLate(1, "cannot be read", true));
    life.untilDue("START/1").hears(new Signal.StartDue(1));

    assertThat(life.task(1).status()).isEqualTo(Status.UNKNOWN);
    assertThat(life.session.status().word()).isEqualTo("stopped");
  }

  @Test
  void credentialsOfAStartThatWasRefusedAreNotReplaced() {
    Life life = Life.begins().sent(1);
    life.hears(
        new Signal.CredentialsSent(
            1, life.now.plus(Duration.ofHours(24)), life.now.plus(Duration.ofHours(12))));

    life.hears(new Signal.StartRefused(1, "start", 400, 2, "invalid", "check it"));

    assertThat(life.timers).doesNotContainKeys("TOKEN/1", "CREDENTIALS/1");
  }

  private static String sid(int task) {
    return task == 1 ? Life.SID : "%032x".formatted(task);
  }

  private static Duration minutes(long minutes) {
    return Duration.ofMinutes(minutes);
  }
}
