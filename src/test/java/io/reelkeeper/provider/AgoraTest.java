package io.reelkeeper.provider;

import static io.reelkeeper.provider.Bench.RECORDER;
import static io.reelkeeper.provider.Bench.SID;
import static io.reelkeeper.provider.Bench.json;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reelkeeper.core.Mode;
import io.reelkeeper.core.Owner;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is sent to Agora, what is believed of its answers, and what is repeated on one domain.
final class AgoraTest {

  private static final String PREFIX = "/v1/apps/" + Bench.APP_ID + "/cloud_recording";
  private static final String OF_SID = PREFIX + "/resourceid/RES-1/sid/" + SID;
  private static final String STARTED = "{\"resourceId\":\"RES-1\",\"sid\":\"" + SID + "\"}";

  @Test
  void acquireSendsWhoWhereAndTheCallersRequestAsTheyAre() {
    try (var server = ScriptedAgora.polite().says(200, "{\"resourceId\":\"JyvK-8_n\"}");
        var bench = Bench.on(server)) {
      var answer = bench.agora.acquire(RECORDER, json("{\"scene\":0,\"resourceExpiredHour\":24}"));

      assertThat(answer).isEqualTo(new Answer.Granted<>(new Heard.Acquired("JyvK-8_n")));
      assertThat(server.asked())
          .singleElement()
          .satisfies(
              asked -> {
                assertThat(asked.method()).isEqualTo("POST");
                assertThat(asked.path()).isEqualTo(PREFIX + "/acquire");
                assertThat(asked.authorization())
                    .isEqualTo("Basic Y3VzdG9tZXIta2V5OmN1c3RvbWVyLXNlY3JldA==");
                assertThat(asked.type()).isEqualTo("application/json");
                assertThat(json(asked.body()))
                    .isEqualTo(
                        json(
                            """
                            {"cname":"math-101","uid":"4000000017",
                             "clientRequest":{"scene":0,"resourceExpiredHour":24}}
                            """));
              });
    }
  }

  @Test
  void everyCallHasItsOwnMethodPathAndBody() {
    try (var server =
            ScriptedAgora.polite()
                .says(200, STARTED)
                .says(200, "{\"serverResponse\":{\"status\":5}}")
                .says(200, STARTED)
                .says(200, STARTED)
                .says(200, STARTED)
                .says(200, "{\"success\":true,\"data\":{\"channel_exist\":false}}");
        var bench = Bench.on(server)) {
      bench.agora.start(Bench.in(Mode.WEB), json("{}"));
      bench.agora.poll(Bench.in(Mode.INDIVIDUAL));
      bench.agora.update(RECORDER, json("{\"streamSubscribe\":{}}"));
      bench.agora.updateLayout(Bench.in(Mode.WEB), json("{\"mixedVideoLayout\":1}"));
      bench.agora.stop(RECORDER, true);
      bench.agora.presence(RECORDER);

      assertThat(server.asked())
          .extracting(asked -> asked.method() + " " + asked.path())
          .containsExactly(
              "POST " + PREFIX + "/resourceid/RES-1/mode/web/start",
              "GET " + OF_SID + "/mode/individual/query",
              "POST " + OF_SID + "/mode/mix/update",
              "POST " + OF_SID + "/mode/mix/updateLayout",
              "POST " + OF_SID + "/mode/mix/stop",
              "GET /dev/v1/channel/user/" + Bench.APP_ID + "/math-101/hosts_only");
      assertThat(server.asked())
          .extracting(ScriptedAgora.Asked::body)
          .satisfies(
              bodies -> {
                assertThat(bodies.get(1)).isEmpty();
                assertThat(json(bodies.get(4)).path("clientRequest"))
                    .isEqualTo(json("{\"async_stop\":true}"));
              });
      assertThat(bench.pace.asked)
          .containsExactly(
              "classroom SECOND_OF_PAIR",
              "classroom POLL",
              "classroom COMMAND",
              "classroom COMMAND",
              "classroom COMMAND",
              "classroom/presence COMMAND");
    }
  }

  @Test
  void noNameLeavesItsPlaceInAPath() {
    try (var server =
            ScriptedAgora.polite()
                .says(200, "{\"data\":{\"channel_exist\":false}}")
                .says(200, STARTED);
        var bench = Bench.on(server)) {
      bench.agora.presence(Bench.named("a b#c?d%2f&é;=", "RES-1"));
      bench.agora.start(Bench.named("x", "../a/b?c"), json("{}"));

      assertThat(server.asked())
          .extracting(ScriptedAgora.Asked::path)
          .containsExactly(
              "/dev/v1/channel/user/"
                  + Bench.APP_ID
                  + "/a%20b%23c%3Fd%252f%26%C3%A9%3B%3D/hosts_only",
              PREFIX + "/resourceid/..%2Fa%2Fb%3Fc/mode/mix/start");
    }
  }

  @Test
  void aStartWithoutAResourceIdIsAMistakeOfOursAndNothingIsSent() {
    try (var server = ScriptedAgora.polite();
        var bench = Bench.on(server)) {
      assertThatThrownBy(() -> bench.agora.start(Bench.named("x", null), json("{}")))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(server.asked()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html><title>Sign in to the hotel</title></html>",
        "",
        "{\"sid\":\"38f8e3cf",
        "null",
        "[]",
        "\"" + SID + "\"",
        "{}",
        "{\"sid\":\"\"}",
        "{\"sid\":null}",
        "{\"sid\":42}",
        "{\"sid\":[\"" + SID + "\"]}",
        "{\"sid\":\"../../etc\"}",
        "{\"sid\":\"short\"}",
        "{\"sid\":\"" + SID + "\"} trailing",
        "{\"sid\":\"" + SID + "\",\"code\":15}"
      })
  void aTwoHundredThatCannotBeBelievedIsNotASuccess(String body) {
    try (var server = ScriptedAgora.polite().says(200, body);
        var bench = Bench.on(server)) {
      var answer = bench.agora.start(RECORDER, json("{}"));

      assertThat(answer)
          .isInstanceOfSatisfying(
              Answer.Unheard.class, unheard -> assertThat(unheard.reached()).isTrue());
      assertThat(server.asked()).hasSize(1);
    }
  }

  @Test
  void anAnswerWithoutEndIsCutOffAtOneMebibyte() {
    String endless = "{\"sid\":\"" + SID + "\",\"more\":\"" + "x".repeat(1 << 20) + "\"}";
    try (var server = ScriptedAgora.polite().says(200, endless);
        var bench = Bench.on(server)) {
      assertThat(bench.agora.start(RECORDER, json("{}")))
          .isEqualTo(new Answer.Unheard<>("an answer without end", true));
    }
  }

  @Test
  void aRedirectIsNotFollowed() {
    try (var elsewhere = ScriptedAgora.polite().says(200, STARTED);
        var server = ScriptedAgora.polite().says(302, "", "Location", elsewhere.url());
        var bench = Bench.on(server)) {
      assertThat(bench.agora.start(RECORDER, json("{}")))
          .isInstanceOfSatisfying(
              Answer.Refused.class, refused -> assertThat(refused.owner()).isEqualTo(Owner.US));
      assertThat(elsewhere.asked()).isEmpty();
    }
  }

  @Test
  void aServerErrorOfAcquireUpdateAndStopIsAskedAgainOnTheSameDomainWithThePauses() {
    try (var server =
            ScriptedAgora.polite()
                .says(500, "{\"code\":501,\"reason\":\"no_worker_manager_available\"}")
                .says(504, "<html>Gateway Time-out</html>")
                .says(200, "{\"resourceId\":\"RES-9\"}");
        var elsewhere = ScriptedAgora.polite();
        var bench = Bench.on(server.url(), elsewhere.url(), elsewhere.url())) {
      assertThat(bench.agora.acquire(RECORDER, json("{}")))
          .isEqualTo(new Answer.Granted<>(new Heard.Acquired("RES-9")));
      assertThat(bench.pauses).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(3));
      assertThat(bench.pace.asked).hasSize(3);
      assertThat(elsewhere.asked()).isEmpty();
    }
  }

  @Test
  void anAcquireWhoseAnswerCannotBeBelievedIsAskedAgain() {
    try (var server =
            ScriptedAgora.polite()
                .says(200, "<html>Sign in to the hotel</html>")
                .says(200, "{\"resourceId\":\"RES-9\"}");
        var bench = Bench.on(server)) {
      assertThat(bench.agora.acquire(RECORDER, json("{}")))
          .isEqualTo(new Answer.Granted<>(new Heard.Acquired("RES-9")));
      assertThat(bench.pauses).containsExactly(Duration.ofSeconds(1));
    }
  }

  @Test
  void stopAndUpdateAreRepeatedAfterCode65AndGiveUpAfterFourAttempts() {
    try (var server =
            ScriptedAgora.polite().says(206, "{\"code\":65,\"reason\":\"request not completed\"}");
        var bench = Bench.on(server)) {
      assertThat(bench.agora.stop(RECORDER, false))
          .isEqualTo(new Answer.Busy<>(206, 65, "request not completed", null));
      assertThat(server.asked()).hasSize(4);
      assertThat(bench.agora.updateLayout(RECORDER, json("{}"))).isInstanceOf(Answer.Busy.class);
      assertThat(server.asked()).hasSize(8);
    }
  }

  @Test
  void aServerErrorOfStartAndQueryIsLeftToTheirOwnLadders() {
    try (var server = ScriptedAgora.polite().says(500, "{\"code\":502,\"sid\":\"\"}");
        var bench = Bench.on(server)) {
      assertThat(bench.agora.start(RECORDER, json("{}"))).isInstanceOf(Answer.Busy.class);
      assertThat(bench.agora.poll(RECORDER)).isInstanceOf(Answer.Busy.class);
      assertThat(server.asked()).hasSize(2);
      assertThat(bench.pauses).isEmpty();
    }
  }

  @Test
  void aRequestThatLeavesLateIsToldOf() throws Exception {
    try (var server = ScriptedAgora.polite();
        var bench = Bench.on(server)) {
      bench.pace.late = Duration.ofMillis(200);
      bench.agora.acquire(RECORDER, json("{}"));

      assertThat(bench.pace.left.poll(10, SECONDS)).isGreaterThanOrEqualTo(bench.pace.late);
    }
  }

  @Test
  void aRequestWhoseTurnIsOverBeforeItCanLeaveTakesAnotherTurn() {
    try (var server = ScriptedAgora.polite().says(200, "{\"resourceId\":\"RES-1\"}");
        var bench = Bench.on(server)) {
      bench.pace.late = Duration.ofSeconds(2);

      assertThat(bench.agora.acquire(RECORDER, json("{}")))
          .isEqualTo(new Answer.Unheard<>("its turn was over before it could leave", false));
      assertThat(server.asked()).isEmpty();
      assertThat(bench.pace.asked).hasSize(4);

      bench.pace.late = Duration.ZERO;
      assertThat(bench.agora.acquire(RECORDER, json("{}"))).isInstanceOf(Answer.Granted.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 400})
  void tooManyRequestsSlowEveryReplicaDownAndAreNotRepeatedAtOnce(int status) {
    try (var server =
            ScriptedAgora.polite()
                .says(
                    status,
                    "{\"code\":429,\"message\":\"API rate limit exceeded\"}",
                    "Retry-After",
                    "2");
        var bench = Bench.on(server)) {
      assertThat(bench.agora.acquire(RECORDER, json("{}")))
          .isEqualTo(
              new Answer.Busy<>(status, 429, "API rate limit exceeded", Duration.ofSeconds(2)));
      assertThat(bench.agora.presence(RECORDER)).isInstanceOf(Answer.Busy.class);
      assertThat(bench.pace.slowed).containsExactly("classroom", "classroom/presence");
      assertThat(server.asked()).hasSize(2);
    }
  }

  @Test
  void aPollForWhichThereIsNoRoomIsPostponedAndNotSent() {
    try (var server = ScriptedAgora.polite();
        var bench = Bench.on(server)) {
      bench.pace.slotsLeft = 0;
      assertThat(bench.agora.poll(RECORDER))
          .isEqualTo(new Answer.Postponed<>(Duration.ofSeconds(9)));
      assertThat(server.asked()).isEmpty();
    }
  }

  @Test
  void nothingGoesUnpacedWhileTheDatabaseThatKeepsThePaceIsAway() {
    try (var server = ScriptedAgora.polite().says(200, STARTED);
        var bench = Bench.on(server)) {
      bench.pace.away = true;
      assertThat(bench.agora.start(RECORDER, json("{}"))).isInstanceOf(Answer.Postponed.class);
      assertThat(server.asked()).isEmpty();
    }
  }

  @Test
  void aStartThatWasLostStaysInDoubtWhenThereIsNoTurnForItsRepeat() {
    try (var server = ScriptedAgora.polite().drops();
        var bench = Bench.on(server)) {
      bench.pace.slotsLeft = 1;
      assertThat(bench.agora.start(RECORDER, json("{}")))
          .isInstanceOfSatisfying(
              Answer.Unheard.class, unheard -> assertThat(unheard.reached()).isTrue());
      assertThat(server.asked()).hasSize(1);
    }
  }

  @Test
  void aStopWhoseUploadIsNotOverIsAStop() {
    try (var server = ScriptedAgora.polite().says(504, "{\"code\":50}");
        var bench = Bench.on(server)) {
      assertThat(bench.agora.stop(RECORDER, false))
          .isEqualTo(new Answer.Granted<>(new Heard.Stopped("unknown", List.of())));
    }
  }

  @Test
  void whatIsDoneIsCountedByAppOperationOutcomeAndDomain() {
    try (var server = ScriptedAgora.polite().says(200, STARTED).says(400, "{\"code\":2}");
        var bench = Bench.on(server)) {
      bench.agora.start(RECORDER, json("{}"));
      bench.agora.start(RECORDER, json("{}"));

      assertThat(
              bench
                  .metrics
                  .get("reelkeeper.provider.call")
                  .tags("app", "classroom", "operation", "start", "domain", "127.0.0.1")
                  .tag("outcome", "granted")
                  .timer()
                  .count())
          .isEqualTo(1);
      assertThat(
              bench
                  .metrics
                  .get("reelkeeper.provider.call")
                  .tag("outcome", "refused")
                  .timer()
                  .count())
          .isEqualTo(1);
    }
  }

  @Test
  void aReasonThatRepeatsASecretIsGivenOnWithoutIt() {
    try (var server =
            ScriptedAgora.polite()
                .says(400, "{\"code\":2,\"reason\":\"bad secretKey wJalrXUtnFEMI/K7MDENG!\"}");
        var bench = Bench.on(server)) {
      var answer =
          bench.agora.start(
              RECORDER, json("{\"storageConfig\":{\"secretKey\":\"wJalrXUtnFEMI/K7MDENG\"}}"));

      assertThat(answer)
          .isInstanceOfSatisfying(
              Answer.Refused.class,
              refused ->
                  assertThat(refused.reason())
                      .startsWith("bad secretKey fp:")
                      .doesNotContain("wJalrXUtnFEMI"));
    }
  }
}
