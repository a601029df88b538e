package io.reelkeeper.session.machine;

import static io.reelkeeper.session.machine.Life.SECOND_SID;
import static io.reelkeeper.session.machine.Life.SID;
import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.session.state.Notice;
import io.reelkeeper.session.state.Notice.What;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Session.Assurance;
import io.reelkeeper.session.state.Session.Status;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Signal.StopOutcome;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.session.state.Task.Cause;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SessionMachineTest {

  private static final Duration NEVER = Duration.between(Life.begins().now, Instant.MAX);

  @Nested
  class Starting {

    @Test
    void aSidAloneProvesNothing() {
      Life life = Life.begins().granted(1, SID);

      assertThat(life.session.status()).isEqualTo(Status.STARTING);
      assertThat(life.task(1).status()).isEqualTo(Task.Status.UNCONFIRMED);
      assertThat(life.dueIn("QUERY/1")).hasSeconds(5);
      assertThat(life.timers).doesNotContainKey("START/1");
    }

    @Test
    void statusFourOrFiveConfirms() {
      for (int status : new int[] {4, 5}) {
        Life life = Life.begins().granted(1, SID).untilDue("QUERY/1").answers(1, status);

        assertThat(life.session.status()).isEqualTo(Status.RECORDING);
        assertThat(life.task(1).confirmedAt()).isEqualTo(life.now);
        assertThat(life.told()).containsExactly("task.started", "session.recording");
        assertThat(life.dueIn("QUERY/1")).as("asked for its playlist").hasSeconds(10);

        life.untilDue("QUERY/1").hears(new Signal.QueryAnswered(1, 5, List.of("a.m3u8")));
        assertThat(life.dueIn("QUERY/1")).isBetween(Duration.ofMinutes(1), Duration.ofMinutes(3));
      }
    }

    @Test
    void confirmationIsAskedAfterFiveTenFifteenSecondsAndThenEveryFifteen() {
      Life life = Life.begins().granted(1, SID);
      var pauses = new ArrayList<Long>();
      while (life.rule != Rule.NOT_CONFIRMED_IN_TIME) {
        pauses.add(life.dueIn("QUERY/1").toSeconds());
        life.untilDue("QUERY/1").answers(1, 2);
      }

      assertThat(pauses).containsExactly(5L, 5L, 10L, 15L, 15L, 15L, 15L, 10L);
      assertThat(life.task(2).cause()).isEqualTo(Cause.NOT_CONFIRMED);
      assertThat(life.task(2).uid()).isEqualTo("4000000002");
      assertThat(life.session.status()).isEqualTo(Status.STARTING);
    }

    @Test
    void serverErrorsAreTriedAgainWithTheSameResourceAndThenUnderTheOtherUid() {
      Life life = Life.begins().sent(1);
      var pauses = new ArrayList<Long>();
      life.hears(busy(1, 500, 502));
      while (life.rule == Rule.START_RETRIED) {
        pauses.add(life.dueIn("START/1").toSeconds());
        life.untilDue("START/1").hears(new Signal.StartDue(1)).hears(busy(1, 500, 502));
      }

      assertThat(pauses).containsExactly(3L, 6L, 9L);
      assertThat(life.rule).isEqualTo(Rule.START_UNDER_OTHER_UID);
      assertThat(life.task(1).endReason()).isEqualTo("start-failed");
      assertThat(life.task(2).uid()).isEqualTo("4000000002");
      assertThat(life.task(2).cause()).isEqualTo(Cause.START_FAILED);
    }

    @Test
    void anUnfinishedStartIsTriedTwiceAgainAndMayRunAllTheSame() {
      Life life = Life.begins().sent(1).hears(busy(1, 206, 65));
      assertThat(life.dueIn("START/1")).hasSeconds(3);
      life.untilDue("START/1").hears(new Signal.StartDue(1)).hears(busy(1, 206, 65));
      assertThat(life.dueIn("START/1")).hasSeconds(6);
      life.untilDue("START/1").hears(new Signal.StartDue(1)).hears(busy(1, 206, 65));

      assertThat(life.task(1).status()).isEqualTo(Task.Status.UNKNOWN);
      assertThat(life.task(2).uid()).isEqualTo("4000000002");
    }

    @Test
    void aRefusalFailsTheSessionAndSaysWhy() {
      Life life =
          Life.begins()
              .sent(1)
              .hears(new Signal.StartRefused(1, "start", 400, 2, "invalid", "check it"));

      assertThat(life.session.status()).isEqualTo(Status.FAILED);
      assertThat(life.session.reason()).isEqualTo("provider-rejected");
      assertThat(life.session.refusal())
          .isEqualTo(new Session.Refusal("start", 400, 2, "invalid", "check it"));
      assertThat(life.timers).isEmpty();
    }

    @Test
    void aLostAnswerIsUnknownUntilANoticeTellsTheSid() {
      Life life = Life.begins().sent(1).hears(new Signal.StartUnheard(1, "read time-out", true));
      assertThat(life.task(1).status()).isEqualTo(Task.Status.UNKNOWN);
      assertThat(life.dueIn("SETTLE/1")).hasSeconds(15);

      life.afterSeconds(2).noticed(SID, "4000000001", 40, new What.RecorderStarted(0));

      assertThat(life.rule).isEqualTo(Rule.SID_ADOPTED);
      assertThat(life.task(1).sid()).isEqualTo(SID);
      assertThat(life.session.tasks()).hasSize(1);
      assertThat(life.timers).containsOnlyKeys("QUERY/1", "HA/1", "EXPIRY/1");
    }

    @Test
    void aLostAnswerThatNoNoticeExplainsGoesOnUnderTheOtherUidAndStaysVisible() {
      Life life =
          Life.begins()
              .sent(1)
              .hears(new Signal.StartUnheard(1, "read time-out", true))
              .untilDue("SETTLE/1")
              .hears(new Signal.SettleDue(1))
              .granted(2, SECOND_SID)
              .untilDue("QUERY/2")
              .answers(2, 5);

      assertThat(life.session.status()).isEqualTo(Status.RECORDING);
      assertThat(life.task(1).status()).isEqualTo(Task.Status.UNKNOWN);
      assertThat(life.told()).contains("alarm.raised", "task.unknown");
      assertThat(life.timers).containsKey("SETTLE/1");

      life.afterSeconds(60).noticed(SID, "4000000001", 33, new What.Uploading(100));

      assertThat(life.rule).isEqualTo(Rule.SID_ADOPTED_SURPLUS);
      assertThat(life.task(1).wanted()).isFalse();
      assertThat(life.dueIn("STOP/1")).isZero();
      assertThat(life.session.status()).isEqualTo(Status.RECORDING);
    }

    @Test
    void anOldNoticeUnderTheSameUidIsNotTheLostSid() {
      Life life = Life.begins().sent(1).hears(new Signal.StartUnheard(1, "reset", true));

      life.hears(
          new Signal.Noticed(
              new Notice(
                  "n",
                  31,
                  SID,
                  "math-101",
                  "4000000001",
                  2,
                  9,
                  life.now.minusSeconds(600).toEpochMilli(),
                  new What.Uploaded(0, List.of()))));

      assertThat(life.rule).isEqualTo(Rule.NOTED);
      assertThat(life.task(1).sid()).isNull();
    }

    @Test
    void afterACrashTheVerySameStartIsSentAgainWhileItsResourceLives() {
      Life life = Life.begins().sent(1).afterSeconds(12).hears(new Signal.StartDue(1));
      assertThat(life.rule).isEqualTo(Rule.START_SENT_AGAIN);

      life.hears(new Signal.StartedAlready(1, 7));

      assertThat(life.task(1).status()).isEqualTo(Task.Status.UNKNOWN);
      assertThat(life.dueIn("SETTLE/1")).hasSeconds(15);
    }

    @Test
    void afterALongOutageTheStartIsNotSentAgainWithADeadResource() {
      Life life = Life.begins().sent(1).after(Duration.ofMinutes(6)).hears(new Signal.StartDue(1));

      assertThat(life.rule).isEqualTo(Rule.START_UNKNOWN);
      assertThat(life.timers).containsKey("SETTLE/1");
    }

    @Test
    void aTryThatSleptThroughItsOwnReplacementSendsNothing() {
      Life life = Life.begins().sent(1).hears(new Signal.Acquired(1, 0, "resource-of-the-sleeper"));

      assertThat(life.rule).isEqualTo(Rule.START_OUTDATED);
      assertThat(life.task(1).resourceId()).isEqualTo("resource-1");
    }

    @Test
    void outOfReachOnEveryDomainIsToldAtOnce() {
      Life life = Life.begins().hears(new Signal.StartUnheard(1, "refused", false));

      assertThat(life.session.status()).isEqualTo(Status.FAILED);
      assertThat(life.session.reason()).isEqualTo("provider-unavailable");
    }

    @Test
    void ourOwnPaceIsNoFailure() {
      Life life =
          Life.begins()
              .hears(new Signal.StartBusy(1, "acquire", 429, 429, "paced", Duration.ofSeconds(20)));

      assertThat(life.dueIn("START/1")).hasSeconds(20);
      assertThat(life.session.status()).isEqualTo(Status.STARTING);
    }

    @Test
    void aGatewaysErrorSaysNothingOfWhatHappenedBehindIt() {
      Life life = Life.begins().sent(1).hears(busy(1, 504, 504)).stopAsked();

      life.untilDue("START/1").hears(new Signal.StartDue(1));

      assertThat(life.task(1).status()).isEqualTo(Task.Status.UNKNOWN);
    }

    @Test
    void aDestinationThatChangedAfterTheStartWentOutDoesNotHideItsRecorder() {
      Life life =
          Life.begins()
              .sent(1)
              .hears(
                  new Signal.StartRefused(
                      1, Signal.StartRefused.OURSELVES, 0, 0, "destination-changed", "bucket"));

      assertThat(life.task(1).status()).isEqualTo(Task.Status.UNKNOWN);
      assertThat(life.timers).containsKey("SETTLE/1");
    }

    @Test
    void anOutdatedResourceOfALostStartIsNotExchanged() {
      Life life = Life.begins().sent(1).hears(new Signal.StartDue(1)).hears(busy(1, 400, 433));

      assertThat(life.task(1).status()).isEqualTo(Task.Status.UNKNOWN);
      assertThat(life.task(1).resourceId()).isEqualTo("resource-1");
    }

    @Test
    void aCommitThatWasNotConfirmedIsToldAgainAndGoesOn() {
      Life life = Life.begins().sent(1).hears(new Signal.Acquired(1, 0, "resource-1"));

      assertThat(life.rule).isEqualTo(Rule.START_SENT);
    }

    private static Signal busy(int task, int httpStatus, int code) {
      return new Signal.StartBusy(task, "start", httpStatus, code, "busy", null);
    }
  }

  @Nested
  class Watching {

    @Test
    void aRecorderIsReplacedBeforeItIsBeyondControl() {
      Life life = Life.begins().recording();

      life.untilDue("EXPIRY/1").hears(new Signal.ExpiryDue(1));

      assertThat(Duration.between(Objects.requireNonNull(life.task(1).startedAt()), life.now))
          .as("an hour before the resource ID expires")
          .hasHours(719);
      assertThat(life.told()).contains("alarm.raised");
      assertThat(life.task(2).wanted()).isTrue();
      assertThat(life.task(1).wanted()).as("until the other one records").isTrue();
    }

    @Test
    void aStartOfUnknownOutcomeIsAlarmedAgainBeforeItCouldNotBeStoppedAnyMore() {
      Life life = Life.begins().sent(1).hears(new Signal.StartUnheard(1, "time-out", true));
      life.untilDue("SETTLE/1").hears(new Signal.SettleDue(1));
      long alarms = life.told().stream().filter("alarm.raised"::equals).count();

      life.untilDue("SETTLE/1").hears(new Signal.SettleDue(1));

      assertThat(life.told().stream().filter("alarm.raised"::equals)).hasSize((int) alarms + 1);
      assertThat(life.task(1).status()).isEqualTo(Task.Status.UNKNOWN);
      life.untilDue("SETTLE/1").hears(new Signal.SettleDue(1));
      assertThat(life.task(1).endReason()).isEqualTo("unprovable");
    }

    @Test
    void aSingle404IsADoubtAndNoMore() {
      Life life = Life.begins().recording().notFound(1);

      assertThat(life.task(1).status()).isEqualTo(Task.Status.DOUBTFUL);
      assertThat(life.session.status()).isEqualTo(Status.RECORDING);

      life.untilDue("QUERY/1").answers(1, 5);

      assertThat(life.rule).isEqualTo(Rule.FOUND_AGAIN);
      assertThat(life.session.tasks()).hasSize(1);
    }

    @Test
    void a404IsAskedAgainAfterFiveTenFifteenSecondsAndThenReplacedOnce() {
      Life life = Life.begins().recording().untilDue("QUERY/1");
      life.hears(new Signal.WorkerNotFound(1));
      var pauses = new ArrayList<Long>();
      while (life.rule != Rule.LOST) {
        pauses.add(life.dueIn("QUERY/1").toSeconds());
        life.notFound(1);
      }
      assertThat(pauses).containsExactly(5L, 10L, 15L);
      assertThat(life.session.status()).isEqualTo(Status.RECOVERING);
      assertThat(life.task(2).uid()).isEqualTo("4000000002");

      life.notFound(1);

      assertThat(life.session.tasks()).hasSize(2);
    }

    @Test
    void criticalReplacesAfterOneImmediateRepeat() {
      Life life = Life.begins(Assurance.CRITICAL).recording().notFound(1);
      assertThat(life.dueIn("QUERY/1")).isZero();

      life.notFound(1);

      assertThat(life.rule).isEqualTo(Rule.LOST);
    }

    @Test
    void thriftyWaitsTheWholeDoubtWindow() {
      Life life = Life.begins(Assurance.THRIFTY).recording().notFound(1);
      var since = life.now;

      life.lost(1);

      assertThat(Duration.between(since, life.now)).isGreaterThanOrEqualTo(Duration.ofSeconds(90));
      assertThat(life.session.tasks()).hasSize(2);
    }

    @Test
    void aReplacementThatWasRefusedIsTriedOnceMoreWhenTheOldRecorderIsGoneForGood() {
      Life life = Life.begins().recording();
      while (life.session.tasks().size() == 1) {
        life.notFound(1);
      }
      Instant since = Objects.requireNonNull(life.task(1).doubtSince());
      life.untilDue("START/2").hears(moved(2));
      assertThat(life.session.status()).isEqualTo(Status.RECORDING);

      while (life.session.tasks().size() == 2) {
        life.notFound(1);
      }
      assertThat(Duration.between(since, life.now)).isGreaterThanOrEqualTo(Duration.ofSeconds(90));
      life.untilDue("START/3").hears(moved(3));

      assertThat(life.session.status()).isEqualTo(Status.FAILED);
      assertThat(life.session.reason()).isEqualTo("destination-changed");
    }

    private Signal moved(int task) {
      return new Signal.StartRefused(
          task, Signal.StartRefused.OURSELVES, 0, 0, "destination-changed", "bucket");
    }

    @Test
    void serverErrorsConcludeNothing() {
      Life life = Life.begins().recording();
      var pauses = new ArrayList<Long>();
      for (int i = 0; i < 6; i++) {
        life.untilDue("QUERY/1").hears(new Signal.QueryUnheard(1, "504"));
        pauses.add(life.dueIn("QUERY/1").toSeconds());
      }

      assertThat(pauses).containsExactly(5L, 10L, 15L, 30L, 30L, 30L);
      assertThat(life.session.status()).isEqualTo(Status.RECORDING);
      assertThat(life.session.tasks()).hasSize(1);
    }

    @Test
    void aWrongUrlIsAnAlarmAndNeverARestart() {
      Life life = Life.begins().recording();
      for (int i = 0; i < 6; i++) {
        life.untilDue("QUERY/1").hears(new Signal.QueryRefused(1, 404, 404, "no Route matched"));
      }

      assertThat(life.told()).containsOnlyOnce("alarm.raised");
      assertThat(life.session.tasks()).hasSize(1);
    }

    @Test
    void theOldOneIsStoppedOnlyWhenTheNewOneRecords() {
      Life life = Life.begins().recording().lost(1).granted(2, SECOND_SID);
      assertThat(life.task(1).wanted()).isTrue();

      life.untilDue("QUERY/2").answers(2, 4);

      assertThat(life.task(1).wanted()).isFalse();
      assertThat(life.dueIn("STOP/1")).isZero();
      assertThat(life.session.status()).isEqualTo(Status.RECORDING);
      assertThat(life.told()).contains("task.replaced");
    }

    @Test
    void anOldOneThatComesBackCallsItsReplacementOff() {
      Life life = Life.begins().recording().lost(1).untilDue("QUERY/1").answers(1, 5);

      assertThat(life.task(2).ended()).isTrue();
      assertThat(life.session.status()).isEqualTo(Status.RECORDING);
      assertThat(life.timers).containsOnlyKeys("QUERY/1", "HA/1", "EXPIRY/1");
    }

    @Test
    void anOldOneThatComesBackLateStopsTheSurplus() {
      Life life =
          Life.begins()
              .recording()
              .lost(1)
              .granted(2, SECOND_SID)
              .untilDue("QUERY/1")
              .answers(1, 5);

      assertThat(life.task(2).wanted()).isFalse();
      assertThat(life.dueIn("STOP/2")).isZero();
    }

    @Test
    void theBudgetOfReplacementsEndsTheBill() {
      Life life = Life.begins().recording();
      int task = 1;
      for (int i = 0; i < 5; i++) {
        life.lost(task);
        task++;
        life.granted(task, SID.replace("38f", "a0" + task));
        life.untilDue("QUERY/" + task).answers(task, 5).stopAnswers(task - 1, StopOutcome.DONE);
      }
      life.lost(task);

      assertThat(life.session.status()).isEqualTo(Status.FAILED);
      assertThat(life.session.reason()).isEqualTo("replacements-exhausted");
      assertThat(life.told()).contains("alarm.raised", "session.failed");
      assertThat(life.timers).containsKey("STOP/" + task);
    }

    @Test
    void aRecorderWithoutEvent13DoesNotCallItsReplacementOffByBeingConfirmed() {
      Life life =
          Life.begins()
              .granted(1, SID)
              .afterSeconds(10)
              .hears(new Signal.HaDue(1, Signal.Watchdog.ENFORCES))
              .granted(2, SECOND_SID)
              .untilDue("QUERY/1")
              .answers(1, 5);
      assertThat(life.rule).isEqualTo(Rule.CONFIRMED);
      assertThat(life.task(2).wanted()).isTrue();

      life.untilDue("QUERY/2").answers(2, 5);

      assertThat(life.task(1).wanted()).isFalse();
      assertThat(life.dueIn("STOP/1")).isZero();
      assertThat(life.session.status()).isEqualTo(Status.RECORDING);
    }

    @Test
    void replacementsThatFailOneAfterTheOtherNeverCostTheRecorderThatWorks() {
      Life life = Life.begins().recording().hears(new Signal.TokenDue(1));
      for (int task = 2; task <= 6; task++) {
        String sid = "%032x".formatted(task);
        life.granted(task, sid).noticed(sid, life.task(task).uid(), 11, new What.Exited(1));
      }

      assertThat(life.rule).isEqualTo(Rule.SUCCESSOR_FAILED);
      assertThat(life.session.status()).isEqualTo(Status.RECORDING);
      assertThat(life.task(1).wanted()).isTrue();
      assertThat(life.timers).containsKey("QUERY/1").doesNotContainKey("START/7");
      assertThat(life.told()).contains("alarm.raised").doesNotContain("session.failed");
    }

    @Test
    void aLostAnswerOfTheReplacementIsFoundAndServes() {
      Life life =
          Life.begins()
              .recording()
              .lost(1)
              .sent(2)
              .hears(new Signal.StartUnheard(2, "read time-out", true))
              .noticed(SECOND_SID, "4000000002", 40, new What.RecorderStarted(0));
      assertThat(life.rule).isEqualTo(Rule.SID_ADOPTED);
      assertThat(life.task(2).wanted()).isTrue();

      life.untilDue("QUERY/2").answers(2, 5);

      assertThat(life.task(1).wanted()).isFalse();
      assertThat(life.session.status()).isEqualTo(Status.RECORDING);
    }

    @Test
    void aReplacementWhoseStartIsARiddleIsReplacedItself() {
      Life life =
          Life.begins()
              .recording()
              .lost(1)
              .sent(2)
              .hears(new Signal.StartedAlready(2, 53))
              .untilDue("SETTLE/2")
              .hears(new Signal.SettleDue(2))
              .sent(3)
              .hears(new Signal.StartRefused(3, "start", 400, 2, "no", "check"));

      life.notFound(1);

      assertThat(life.session.tasks()).hasSize(4);
    }

    @Test
    void aSingle404AfterSeveralNotReadyIsADoubtAndNoMore() {
      Life life = Life.begins().granted(1, SID);
      for (int i = 0; i < 4; i++) {
        life.untilDue("QUERY/1").answers(1, 2);
      }
      life.notFound(1);

      assertThat(life.rule).isEqualTo(Rule.DOUBTED);
    }

    @Test
    void uidsServeInTurn() {
      Life life = Life.begins().recording().lost(1).granted(2, SECOND_SID);
      life.untilDue("QUERY/2").answers(2, 5).stopAnswers(1, StopOutcome.DONE).lost(2);

      assertThat(life.task(3).uid()).isEqualTo(life.task(1).uid());
    }

    @Test
    void aUidThatMayStillBeInTheChannelIsNotUsedAgain() {
      Life life = Life.begins().recording().lost(1).granted(2, SECOND_SID);
      life.untilDue("QUERY/2").answers(2, 5).lost(2);

      assertThat(life.task(3).uid()).isEqualTo("4000000003");
    }
  }

  @Nested
  class Noticing {

    @Test
    void anEndThatNobodyAskedForIsReplacedAtOnce() {
      Life life = Life.begins().recording().noticed(SID, "4000000001", 11, new What.Exited(1));

      assertThat(life.task(2).cause()).isEqualTo(Cause.EXITED);
      assertThat(life.dueIn("START/2")).isZero();
      assertThat(life.session.status()).isEqualTo(Status.RECOVERING);

      life.noticed(SID, "4000000001", 31, new What.Uploaded(0, List.of("a.m3u8")));
      life.noticed(SID, "4000000001", 41, new What.RecorderLeft(16));

      assertThat(life.session.tasks()).hasSize(2);
    }

    @Test
    void aNoticeOfAFormerSidNeverTouchesTheCurrentOne() {
      Life life = Life.begins().recording().lost(1).granted(2, SECOND_SID);
      life.untilDue("QUERY/2").answers(2, 5);

      life.noticed(SID, "4000000001", 11, new What.Exited(0));

      assertThat(life.task(1).ended()).isTrue();
      assertThat(life.task(2).status()).isEqualTo(Task.Status.LIVE);
      assertThat(life.session.tasks()).hasSize(2);
    }

    @Test
    void anEmptyChannelEndsTheSession() {
      Life life =
          Life.begins().recording().noticed(SID, "4000000001", 41, new What.RecorderLeft(4));

      assertThat(life.session.status()).isEqualTo(Status.STOPPED);
      assertThat(life.session.reason()).isEqualTo("idle");
    }

    @Test
    void anIdleEndThatIsToldLateCallsTheReplacementOff() {
      Life life =
          Life.begins()
              .recording()
              .noticed(SID, "4000000001", 11, new What.Exited(0))
              .noticed(SID, "4000000001", 41, new What.RecorderLeft(4));

      assertThat(life.session.status()).isEqualTo(Status.STOPPED);
      assertThat(life.session.reason()).isEqualTo("idle");
      assertThat(life.task(2).ended()).isTrue();
    }

    @Test
    void anEmptyChannelIsRecordedAgainWhenSomebodyComes() {
      Life life =
          Life.restartingWhenIdle()
              .recording()
              .noticed(SID, "4000000001", 41, new What.RecorderLeft(4));
      assertThat(life.session.status()).isEqualTo(Status.RECOVERING);

      life.untilDue("PRESENCE/1").hears(new Signal.Present(1, 0));
      assertThat(life.session.tasks()).hasSize(1);
      life.untilDue("PRESENCE/1").hears(new Signal.Present(1, 2));

      assertThat(life.task(2).status()).isEqualTo(Task.Status.INTENDED);
    }

    @Test
    void agorasOwnFailoverIsTheSameRecording() {
      Life life = Life.begins().recording().lost(1).granted(2, SECOND_SID);

      life.noticed(SID, "1735928465", 12, new What.FailedOver("1735928465"));
      assertThat(life.task(2).wanted()).isFalse();
      assertThat(life.session.status()).isEqualTo(Status.RECORDING);

      life.noticed(SID, "4000000001", 41, new What.RecorderLeft(16));
      assertThat(life.task(1).ended()).isFalse();
    }

    @Test
    void aWebPageThatEndsNormallyEndsTheSessionAndAnyOtherEndIsReplaced() {
      assertThat(webEnd(0).session.status()).isEqualTo(Status.STOPPED);
      assertThat(webEnd(1).session.reason()).isEqualTo("max-recording-hour");
      assertThat(webEnd(6).task(2).cause()).isEqualTo(Cause.WEB_RECORDER_STOPPED);
    }

    @Test
    void anEndOfThePageThatIsToldLateCallsTheReplacementOff() {
      Life life =
          Life.begins()
              .recording()
              .noticed(SID, "4000000001", 31, new What.Uploaded(0, List.of()))
              .noticed(
                  SID, "4000000001", 71, new What.WebRecorderStopped(0, null, null, List.of()));

      assertThat(life.session.reason()).isEqualTo("web-recorder-ended");
      assertThat(life.task(2).ended()).isTrue();
    }

    @Test
    void aFailoverThatIsToldAfterTheEndOfTheOldRecorderStopsTheNewOne() {
      Life life =
          Life.begins()
              .recording()
              .noticed(SID, "4000000001", 11, new What.Exited(0))
              .noticed(SID, "17", 12, new What.FailedOver("17"));

      assertThat(life.rule).isEqualTo(Rule.CAME_BACK);
      assertThat(life.dueIn("STOP/1")).isZero();
      assertThat(life.task(2).wanted()).isTrue();
    }

    @Test
    void aNoticeUnderAnotherUidIsAFailoverToo() {
      Life life = Life.begins().recording().noticed(SID, "17", 40, new What.RecorderStarted(0));

      assertThat(life.task(1).agoraUid()).isEqualTo("17");
    }

    @Test
    void aRoomThatEmptiesAgainAndAgainUsesUpNoBudget() {
      Life life = Life.restartingWhenIdle().recording();
      for (int task = 1; task <= 7; task++) {
        String sid = task == 1 ? SID : "%032x".formatted(task);
        life.noticed(sid, life.task(task).uid(), 41, new What.RecorderLeft(4));
        life.untilDue("PRESENCE/" + task).hears(new Signal.Present(task, 2));
        life.granted(task + 1, "%032x".formatted(task + 1));
        life.untilDue("QUERY/" + (task + 1)).answers(task + 1, 5);
      }

      assertThat(life.session.status()).isEqualTo(Status.RECORDING);
    }

    private static Life webEnd(int code) {
      return Life.begins()
          .recording()
          .noticed(SID, "4000000001", 71, new What.WebRecorderStopped(code, null, null, List.of()));
    }

    @Test
    void aFatalErrorIsAskedAboutAtOnce() {
      Life life =
          Life.begins()
              .recording()
              .noticed(SID, "4000000001", 1, new What.Failed(1, 4, 32, 1, "storage"));

      assertThat(life.dueIn("QUERY/1")).isZero();
    }
  }

  @Nested
  class Stopping {

    @Test
    void itIsStoppedUntilTheEndIsProven() {
      Life life = Life.begins().recording().stopAsked();
      assertThat(life.session.status()).isEqualTo(Status.STOPPING);
      assertThat(life.timers).containsOnlyKeys("STOP/1", "EXPIRY/1");

      life.stopAnswers(1, StopOutcome.UNHEARD);
      assertThat(life.dueIn("STOP/1")).hasSeconds(5);
      life.stopAnswers(1, StopOutcome.DONE);

      assertThat(life.session.status()).isEqualTo(Status.STOPPED);
      assertThat(life.session.reason()).isEqualTo("requested");
      assertThat(life.timers).containsOnlyKeys("AUDIT/1");
    }

    @Test
    void a404ProvesTheEndOnlyAfterTheDoubtWindow() {
      Life life = Life.begins().recording().stopAsked();
      var since = life.now;
      while (life.session.status() == Status.STOPPING) {
        life.untilDue("STOP/1").hears(new Signal.StopAnswered(1, StopOutcome.NOT_FOUND, List.of()));
      }

      assertThat(Duration.between(since, life.now)).isEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void anOldDoubtIsNoProofForAStop() {
      Life life = Life.begins().recording().notFound(1).afterSeconds(120).stopAsked();
      life.stopAnswers(1, StopOutcome.NOT_FOUND);

      assertThat(life.session.status()).isEqualTo(Status.STOPPING);
    }

    @Test
    void aStopThatIsRefusedForOurFaultIsAnAlarm() {
      Life life = Life.begins().recording().stopAsked();
      life.stopAnswers(1, StopOutcome.REFUSED).stopAnswers(1, StopOutcome.REFUSED);

      assertThat(life.told()).containsOnlyOnce("alarm.raised");
      assertThat(life.timers).containsKey("STOP/1");
    }

    @Test
    void aNoticeOfTheEndIsAProofToo() {
      Life life =
          Life.begins().recording().stopAsked().noticed(SID, "4000000001", 11, new What.Exited(0));

      assertThat(life.session.status()).isEqualTo(Status.STOPPED);
      assertThat(life.timers).containsOnlyKeys("AUDIT/1");
    }

    @Test
    void nothingRecordedIsAnEndOfItsOwnKind() {
      Life life = Life.begins().recording().stopAsked().stopAnswers(1, StopOutcome.EMPTY);

      assertThat(life.task(1).endReason()).isEqualTo("empty");
    }

    @Test
    void whatNeverBeganEndsAtOnce() {
      Life life = Life.begins().stopAsked();

      assertThat(life.session.status()).isEqualTo(Status.STOPPED);
      assertThat(life.timers).isEmpty();
    }

    @Test
    void aStartThatIsAcceptedAfterTheStopIsStopped() {
      Life life = Life.begins().sent(1).stopAsked();
      assertThat(life.session.status()).isEqualTo(Status.STOPPING);

      life.hears(new Signal.StartGranted(1, "resource-1", SID));

      assertThat(life.rule).isEqualTo(Rule.START_SURPLUS);
      assertThat(life.dueIn("STOP/1")).isZero();
    }

    @Test
    void aStartAcceptedAfterItsSessionFailedIsStoppedToo() {
      Life life =
          Life.begins()
              .sent(1)
              .hears(new Signal.StartRefused(1, "start", 400, 2, "invalid", "check"))
              .hears(new Signal.StartGranted(1, "resource-1", SID));

      assertThat(life.session.status()).isEqualTo(Status.FAILED);
      assertThat(life.dueIn("STOP/1")).isZero();
    }

    @Test
    void aStartOfUnknownOutcomeKeepsNoSessionOpenButIsStoppedWhenItTurnsUp() {
      Life life =
          Life.begins().sent(1).hears(new Signal.StartUnheard(1, "reset", true)).stopAsked();
      assertThat(life.session.status()).isEqualTo(Status.STOPPED);
      assertThat(life.dueIn("SETTLE/1")).isLessThan(NEVER);

      life.afterSeconds(30).noticed(SID, "4000000001", 40, new What.RecorderStarted(0));

      assertThat(life.dueIn("STOP/1")).isZero();
    }
  }
}
