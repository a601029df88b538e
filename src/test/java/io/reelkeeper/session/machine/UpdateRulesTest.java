package io.reelkeeper.session.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.session.state.Notice.What;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Signal.UpdateOutcome;
import io.reelkeeper.session.state.Task.Cause;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// How changes of a recording stay in order, and reach every recorder of it.
class UpdateRulesTest {

  private static final JsonNode PAUSE = tree("{\"webRecordingConfig\": {\"onhold\": true}}");
  private static final JsonNode COLOUR = tree("{\"layout\": {\"backgroundColor\": \"#112233\"}}");
  private static final JsonNode IMAGE =
      tree("{\"layout\": {\"backgroundImage\": \"https://lms.example/b.png\"}}");

  private static JsonNode tree(String json) {
    return JsonMapper.shared().readTree(json);
  }

  private static Life asks(Life life, JsonNode change) {
    return life.hears(new Signal.UpdateAsked(change));
  }

  /// The answer to what is on its way.
  private static Life answers(Life life, UpdateOutcome outcome) {
    Session.Update update = life.session.update();
    if (update == null) {
      throw new AssertionError("nothing is on its way");
    }
    return life.hears(new Signal.UpdateAnswered(update.task(), update.change(), outcome, ""));
  }

  private static Life catchesUp(Life life, int task, UpdateOutcome outcome) {
    life.timers.remove("UPDATE/" + task);
    return life.hears(new Signal.UpdateAnswered(task, life.session.changes(), outcome, ""));
  }

  @Test
  void oneChangeWaitsForTheAnswerToTheOther() {
    Life life = asks(Life.begins().recording(), PAUSE);
    assertThat(life.rule).isEqualTo(Rule.UPDATE_SENT);

    assertThat(asks(life, COLOUR).rule).isEqualTo(Rule.UPDATE_CROWDED);
    answers(life, UpdateOutcome.DONE);

    assertThat(asks(life, COLOUR).rule).isEqualTo(Rule.UPDATE_SENT);
  }

  @Test
  void onlyWhatAgoraAcceptedIsKept() {
    for (UpdateOutcome outcome : UpdateOutcome.values()) {
      Life life = answers(asks(Life.begins().recording(), PAUSE), outcome);

      assertThat(life.session.changes())
          .as(outcome.name())
          .isEqualTo(outcome == UpdateOutcome.DONE ? PAUSE : tree("{}"));
      assertThat(life.session.update()).isNull();
      assertThat(life.timers).doesNotContainKey("UPDATE/1");
    }
  }

  @Test
  void aLayoutIsSentWholeAndBuildsOnTheOneBefore() {
    Life life = answers(asks(Life.begins().recording(), COLOUR), UpdateOutcome.DONE);

    answers(asks(life, IMAGE), UpdateOutcome.DONE);

    assertThat(life.session.changes())
        .isEqualTo(
            tree(
                """
                {"layout": {"backgroundColor": "#112233",
                            "backgroundImage": "https://lms.example/b.png"}}
                """));
  }

  @Test
  void anAnswerThatIsLostIsAskedForAgain() {
    Life life = asks(Life.begins().recording(), PAUSE);

    assertThat(life.dueIn("UPDATE/1")).isEqualTo(Duration.ofMinutes(2));
  }

  @Test
  void theRecorderThatTakesOverIsBroughtUpToDateUntilItIs() {
    Life life = answers(asks(Life.begins().recording(), PAUSE), UpdateOutcome.DONE);
    life.noticed(Life.SID, "4000000001", 11, new What.Exited(1)).granted(2, Life.SECOND_SID);
    life.untilDue("QUERY/2").answers(2, 5);
    assertThat(life.dueIn("UPDATE/2")).isZero();

    catchesUp(life, 2, UpdateOutcome.UNHEARD);
    assertThat(life.rule).isEqualTo(Rule.UPDATE_REPEATED);
    assertThat(life.dueIn("UPDATE/2")).isEqualTo(Duration.ofSeconds(30));

    catchesUp(life, 2, UpdateOutcome.DONE);
    assertThat(life.rule).isEqualTo(Rule.UPDATE_CAUGHT_UP);
    assertThat(life.timers).doesNotContainKey("UPDATE/2");
    assertThat(life.session.changes()).isEqualTo(PAUSE);
  }

  @Test
  void whatIsRefusedToARecorderThatTakesOverIsAlarmedOnce() {
    Life life = answers(asks(Life.begins().recording(), PAUSE), UpdateOutcome.DONE);
    life.noticed(Life.SID, "4000000001", 11, new What.Exited(1)).granted(2, Life.SECOND_SID);
    life.untilDue("QUERY/2").answers(2, 5);

    catchesUp(life, 2, UpdateOutcome.REFUSED);

    assertThat(life.rule).isEqualTo(Rule.UPDATE_NOT_CAUGHT_UP);
    assertThat(life.told()).containsOnlyOnce("alarm.raised");
    assertThat(life.timers).doesNotContainKey("UPDATE/2");
  }

  @Test
  void aChangeDuringACatchUpLeavesNothingBehind() {
    Life life = answers(asks(Life.begins().recording(), PAUSE), UpdateOutcome.DONE);
    life.noticed(Life.SID, "4000000001", 11, new What.Exited(1)).granted(2, Life.SECOND_SID);
    life.untilDue("QUERY/2").answers(2, 5);

    answers(asks(life, COLOUR), UpdateOutcome.DONE);

    assertThat(life.dueIn("UPDATE/2")).isZero();
  }

  @Test
  void aChangeWhoseRecorderIsGoneBlocksNoOther() {
    Life life = asks(Life.begins().recording(), PAUSE);
    life.noticed(Life.SID, "4000000001", 11, new What.Exited(1)).granted(2, Life.SECOND_SID);
    life.untilDue("QUERY/2").answers(2, 5);

    assertThat(asks(life, PAUSE).rule).isEqualTo(Rule.UPDATE_SENT);
    assertThat(life.session.update()).isEqualTo(new Session.Update(2, PAUSE));
  }

  @Test
  void aRecorderIsReplacedHalfAnHourBeforeItsTokenEnds() {
    Life life = Life.begins();
    life.hears(new Signal.CredentialsSent(1, life.now.plus(Duration.ofHours(24)), null));
    life.recording();

    assertThat(Duration.between(life.task(1).intendedAt(), life.timers.get("TOKEN/1")))
        .isEqualTo(Duration.ofMinutes(23 * 60 + 30));
    life.untilDue("TOKEN/1").hears(new Signal.TokenDue(1));

    assertThat(life.rule).isEqualTo(Rule.TOKEN_EXPIRING);
    assertThat(life.task(1).wanted()).isTrue();
    assertThat(life.task(2).cause()).isEqualTo(Cause.OPERATOR);
  }

  @Test
  void aStorageTokenIsReplacedWithinTheHour() {
    Life life = Life.begins();
    life.hears(new Signal.CredentialsSent(1, null, life.now.plus(Duration.ofHours(5))));
    life.recording();

    life.untilDue("CREDENTIALS/1");
    life.hears(new Signal.CredentialsSent(1, null, life.now.plus(Duration.ofHours(5))));

    assertThat(life.dueIn("CREDENTIALS/1")).isEqualTo(Duration.ofMinutes(55));
    assertThat(life.told()).doesNotContain("alarm.raised");
  }

  @Test
  void aTokenThatCannotBeReadIsAlarmedOnceAndShown() {
    Life life = Life.begins().recording();
    var late = new Signal.StorageTokenLate(1, "cannot be read", true);

    life.hears(late).afterSeconds(30).hears(late);

    assertThat(life.told()).containsOnlyOnce("alarm.raised");
    assertThat(life.session.reason()).isEqualTo("storage-token-late");
    assertThat(life.dueIn("CREDENTIALS/1")).isEqualTo(Duration.ofSeconds(30));
    life.hears(new Signal.CredentialsSent(1, null, life.now.plus(Duration.ofHours(5))));
    assertThat(life.session.reason()).isNull();
  }
}
