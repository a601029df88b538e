package io.reelkeeper.api.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.reelkeeper.api.ApiTest;
import io.reelkeeper.api.access.Caller;
import io.reelkeeper.api.problem.ProblemException;
import io.reelkeeper.core.Mode;
import io.reelkeeper.session.Opening;
import io.reelkeeper.session.state.Session;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@ApiTest
final class StartRequestsTest {

  private static final Caller CALLER = new Caller("lms", Set.of("classroom"));
  private static final JsonMapper JSON = new JsonMapper();

  private final StartRequests requests;

  StartRequestsTest(@Autowired StartRequests requests) {
    this.requests = requests;
  }

  // Each row: what is changed in a good request, and where the one violation is.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          composite  | channel                      | 5                     | /channel
          composite  | channel                      | null                  | /channel
          composite  | channel                      | ""                    | /channel
          composite  | channel                      | "a/b"                 | /channel
          composite  | channel                      | "ü"                   | /channel
          composite  | app                          | "nowhere"             | /app
          composite  | app                          | ["classroom"]         | /app
          composite  | storage                      | "nowhere"             | /storage
          composite  | slot                         | "a b"                 | /slot
          composite  | slot                         | ""                    | /slot
          composite  | assurance                    | "Critical"            | /assurance
          composite  | onIdle                       | "wait"                | /onIdle
          composite  | uid                          | 77                    | /uid
          composite  | uid                          | "0"                   | /uid
          composite  | uid                          | "077"                 | /uid
          composite  | uid                          | "4294967296"          | /uid
          composite  | uid                          | "alice"               | /uid
          composite  | backupUid                    | ""                    | /backupUid
          composite  | tokens                       | []                    | /tokens
          composite  | tokens                       | {"x": "007"}          | /tokens/x
          composite  | tokens                       | {"77": 7}             | /tokens/77
          composite  | prefix                       | "lessons"             | /prefix
          composite  | prefix                       | ["a/b"]               | /prefix
          composite  | prefix                       | [5]                   | /prefix/0
          composite  | labels                       | {"lesson": 42}        | /labels/lesson
          composite  | labels                       | {"a/b~c": 42}         | /labels/a~1b~0c
          composite  | page                         | {"probe": true}       | /page
          composite  | web                          | {"url": "http://x/"}  | /web
          composite  | snapshots                    | {}                    | /snapshots
          composite  | Channel                      | "c"                   | /Channel
          composite  | something                    | 1                     | /something
          composite  | recording                    | []                    | /recording
          composite  | recording.channelType        | "1"                   | /recording/channelType
          composite  | recording.channelType        | 2                     | /recording/channelType
          composite  | recording.maxidletime        | 300                   | /recording/maxidletime
          composite  | recording.maxIdleTime        | "300"                 | /recording/maxIdleTime
          composite  | recording.maxIdleTime        | 300.0                 | /recording/maxIdleTime
          composite  | recording.maxIdleTime        | null                  | /recording/maxIdleTime
          composite  | recording.maxIdleTime        | true                  | /recording/maxIdleTime
          composite  | recording.maxIdleTime        | 4                     | /recording/maxIdleTime
          composite  | recording.maxIdleTime        | 2592001               | /recording/maxIdleTime
          composite  | recording.maxIdleTime        | 99999999999999999999  | /recording/maxIdleTime
          composite  | recording.streamTypes        | 3                     | /recording/streamTypes
          composite  | recording.videoStreamType    | 2                     | /recording/videoStreamType
          composite  | recording.decryptionMode     | 9                     | /recording/decryptionMode
          composite  | recording.decryptionMode     | 1                     | /recording/secret
          composite  | recording.salt               | "AAAA"                | /recording/salt
          composite  | recording.audioProfile       | 3                     | /recording/audioProfile
          composite  | recording.subscribeAudioUids | "77"                  | /recording/subscribeAudioUids
          composite  | recording.subscribeAudioUids | [77]                  | /recording/subscribeAudioUids/0
          composite  | recording.subscribeAudioUids | ["#allstream#","7"]   | /recording/subscribeAudioUids
          composite  | recording.streamMode         | "original"            | /recording/streamMode
          composite  | recording.streamMode         | "standard"            | /recording/streamMode
          composite  | recording.privateParams      | {}                    | /recording/privateParams
          composite  | recording.transcodingConfig  | {"width": 1921}       | /recording/transcodingConfig/width
          composite  | recording.transcodingConfig  | {"width": 1920, "height": 1920} | /recording/transcodingConfig/height
          composite  | recording.transcodingConfig  | {"fps": 25}           | /recording/transcodingConfig/fps
          composite  | recording.transcodingConfig  | {"bitrate": 6501}     | /recording/transcodingConfig/bitrate
          composite  | recording.transcodingConfig  | {"mixedVideoLayout": 4} | /recording/transcodingConfig/mixedVideoLayout
          composite  | recording.transcodingConfig  | {"mixedVideoLayout": 3} | /recording/transcodingConfig/layoutConfig
          composite  | recording.transcodingConfig  | {"maxResolutionUid": "7"} | /recording/transcodingConfig/maxResolutionUid
          composite  | recording.transcodingConfig  | {"backgroundColor": "red"} | /recording/transcodingConfig/backgroundColor
          composite  | recording.transcodingConfig  | {"mixedVideoLayout": 3, "layoutConfig": [{"x_axis": 0, "y_axis": 0, "width": 1.1, "height": 1}]} | /recording/transcodingConfig/layoutConfig/0/width
          composite  | recording.transcodingConfig  | {"mixedVideoLayout": 3, "layoutConfig": [{"x_axis": 0, "y_axis": 0, "width": 1}]} | /recording/transcodingConfig/layoutConfig/0/height
          composite  | recording.transcodingConfig  | {"backgroundConfig": [{"uid": "7", "image_url": "ftp://x"}]} | /recording/transcodingConfig/backgroundConfig/0/image_url
          composite  | recording.transcodingConfig  | {"backgroundConfig": [{"uid": "7", "image_url": "http://x/y.jpg"}]} | /recording/transcodingConfig/backgroundConfig/0/image_url
          composite  | files                        | {"avFileType": ["mp4"]} | /files/avFileType
          composite  | files                        | {"avFileType": ["hls", "hls"]} | /files/avFileType
          composite  | files                        | {"avFileType": ["HLS"]} | /files/avFileType/0
          composite  | files                        | {"avFileType": []}    | /files/avFileType
          composite  | files                        | {"AvFileType": ["hls"]} | /files/AvFileType
          individual | files                        | {"avFileType": ["hls", "mp4"]} | /files/avFileType
          individual | recording.audioProfile       | 1                     | /recording/audioProfile
          individual | recording.transcodingConfig  | {}                    | /recording/transcodingConfig
          individual | recording.subscribeUidGroup  | 6                     | /recording/subscribeUidGroup
          individual | recording.streamMode         | "original"            | /recording/streamMode
          individual | recording.streamMode         | "fast"                | /recording/streamMode
          individual | snapshots                    | {"captureInterval": 4} | /snapshots/captureInterval
          individual | snapshots                    | {"captureInterval": 3601} | /snapshots/captureInterval
          individual | snapshots                    | {"fileType": ["png"]} | /snapshots/fileType/0
          web        | web                          | null                  | /web/url
          web        | web                          | {}                    | /web/url
          web        | web.url                      | "ftp://x/"            | /web/url
          web        | web.url                      | "javascript:alert(1)" | /web/url
          web        | web.url                      | "http://"             | /web/url
          web        | web.videoWidth               | 239                   | /web/videoWidth
          web        | web.videoHeight              | 1921                  | /web/videoHeight
          web        | web.maxRecordingHour         | 0                     | /web/maxRecordingHour
          web        | web.maxRecordingHour         | 721                   | /web/maxRecordingHour
          web        | web.videoFps                 | 4                     | /web/videoFps
          web        | web.videoBitrate             | 49                    | /web/videoBitrate
          web        | web.maxVideoDuration         | 241                   | /web/maxVideoDuration
          web        | web.readyTimeout             | -1                    | /web/readyTimeout
          web        | web.readyTimeout             | 61                    | /web/readyTimeout
          web        | web.onhold                   | "true"                | /web/onhold
          web        | web.URL                      | "http://x/"           | /web/URL
          web        | recording                    | {}                    | /recording
          web        | page                         | {"probe": 1}          | /page/probe
          web        | page                         | {"prove": true}       | /page/prove
          """)
  void whatBreaksARuleIsAViolationAtItsPlace(
      String mode, String field, String value, String pointer) {
    assertThat(violations(with(mode, Map.of(field, value)))).containsOnlyKeys(pointer);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          composite  | {"subscribeAudioUids": ["1"], "unsubscribeAudioUids": ["2"]} | /recording/unsubscribeAudioUids
          composite  | {"subscribeVideoUids": ["1"], "unSubscribeVideoUids": ["2"]} | /recording/unSubscribeVideoUids
          composite  | {"streamTypes": 1, "subscribeAudioUids": ["1"]}              | /recording/subscribeAudioUids
          composite  | {"streamTypes": 0, "unsubscribeVideoUids": ["1"]}            | /recording/unsubscribeVideoUids
          composite  | {"decryptionMode": 7, "secret": "s"}                         | /recording/salt
          individual | {"subscribeUidGroup": 0, "subscribeAudioUids": ["1", "2"], "subscribeVideoUids": ["3"]} | /recording/subscribeUidGroup
          """)
  void fieldsThatContradictEachOtherAreAViolation(String mode, String recording, String pointer) {
    assertThat(violations(with(mode, Map.of("recording", recording)))).containsOnlyKeys(pointer);
  }

  @Test
  void snapshotsNeedVideo() {
    assertThat(
            violations(with("individual", Map.of("snapshots", "{}", "recording.streamTypes", "0"))))
        .containsOnlyKeys("/recording/streamTypes");
    assertThat(
            violations(
                with(
                    "individual",
                    Map.of("snapshots", "{}", "recording.subscribeAudioUids", "[\"1\"]"))))
        .containsOnlyKeys("/recording/subscribeVideoUids");
  }

  @Test
  void snapshotsNeedVideoWhereverAudioHasAList() {
    assertThat(
            violations(
                with(
                    "individual",
                    Map.of("snapshots", "{}", "recording.unSubscribeAudioUids", "[\"1\"]"))))
        .containsOnlyKeys("/recording/subscribeVideoUids");
  }

  // Each row: the rest of a request to an app without a certificate, and whether it is taken.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          composite  | {"tokens": {"7": "t"}}                                         | false
          composite  | {"tokens": {"7": "t"}, "uid": "7"}                             | false
          composite  | {"tokens": {"7": "t"}, "uid": "7", "backupUid": "8"}           | false
          individual | {"tokens": {"7": "t", "9": "t"}, "uid": "7", "backupUid": "8"} | false
          composite  | {"tokens": {"7": "t", "8": "t"}, "uid": "7", "backupUid": "8"} | true
          composite  | {"tokens": {"7": "t", "8": "t"}}                               | true
          composite  | {"tokens": {}}                                                 | true
          composite  | {"uid": "7"}                                                   | true
          web        | {"tokens": {"7": "t"}}                                         | true
          """)
  void aReplacementMustHaveATokenWhereNoneIsMinted(String mode, String more, boolean taken) {
    ObjectNode request = (ObjectNode) tree(with(mode, Map.of("app", "\"lounge\"")));
    tree(more).forEachEntry(request::set);
    byte[] body = request.toString().getBytes(StandardCharsets.UTF_8);
    var caller = new Caller("neighbour", Set.of("lounge"));

    if (taken) {
      assertThat(requests.read(caller, null, body).app()).isEqualTo("lounge");
    } else {
      ProblemException problem =
          catchThrowableOfType(ProblemException.class, () -> requests.read(caller, null, body));
      assertThat(JSON.valueToTree(problem.body("/")).at("/errors/0/pointer").stringValue())
          .isEqualTo("/tokens");
    }
  }

  @Test
  void bothUidsMustNotBeOne() {
    assertThat(violations(with("composite", Map.of("uid", "\"7\"", "backupUid", "\"7\""))))
        .containsOnlyKeys("/backupUid");
  }

  @Test
  void allViolationsAreReportedAtOnce() {
    var found =
        violations(
            """
            { "chanel": "c", "mode": "composite", "app": 5, "uid": "0",
              "recording": { "maxIdleTime": 1, "MAXIDLETIME": 3, "transcodingConfig": { "fps": 2 } } }
            """);
    assertThat(found)
        .containsOnlyKeys(
            "/channel",
            "/chanel",
            "/app",
            "/storage",
            "/uid",
            "/recording/maxIdleTime",
            "/recording/MAXIDLETIME",
            "/recording/transcodingConfig/fps");
    assertThat(found.get("/recording/MAXIDLETIME")).contains("Did you mean maxIdleTime?");
    assertThat(found.get("/recording/maxIdleTime")).contains("from 5 to 2592000 seconds");
    assertThat(found.get("/storage")).contains("required");
  }

  @Test
  void aViolationNeverRepeatsAValue() {
    var found =
        violations(
            with(
                "composite",
                Map.of(
                    "recording.salt", "\"my-salt\"",
                    "tokens", "{\"my-token-as-name\": 5, \"7\": [\"my-token\"]}")));
    assertThat(found.values().toString()).doesNotContain("my-salt", "my-token");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "\"text\"",
        "{",
        "{\"app\": \"classroom\"} {}",
        "{\"app\": \"classroom\",}",
        "{\"app\": \"classroom\", \"app\": \"classroom\"}",
        "{'app': 'classroom'}",
        "{\"app\": NaN}",
        "{\"recording\": {\"x\": 1e999}}",
        "{\"recording\": {\"x\": \"\\u0000\"}}",
        "{\"recording\": {\"\\u0000\": 1}}",
        "{\"recording\": {\"x\": \"\\ud800\"}}",
        "{\"app\": \"\t\"}",
      })
  void whatIsNotOneCleanObjectIsRefused(String body) {
    assertThat(violations(body)).isNotEmpty();
  }

  @Test
  void whatIsNotUtf8IsRefused() {
    byte[] latin1 = "{\"channel\": \"ü\"}".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(violations(latin1)).containsOnlyKeys("");
    assertThat(violations("{}".getBytes(StandardCharsets.UTF_16))).containsOnlyKeys("");
  }

  @Test
  void aBodyThatIsNestedWithoutEndIsRefused() {
    String deep = "{\"recording\": " + "{\"x\":".repeat(5000) + "1" + "}".repeat(5001);
    assertThat(violations(deep)).containsOnlyKeys("");
  }

  @Test
  void everyNumberOfViolationsIsAnsweredInAReadableLength() {
    var body =
        new StringBuilder(minimal("composite")).deleteCharAt(minimal("composite").length() - 1);
    for (int i = 0; i < 3000; i++) {
      body.append(",\"x").append(i).append("\":1");
    }
    assertThat(violations(body.append("}").toString())).hasSizeLessThanOrEqualTo(100);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "math-101",
        "a b!#$%&()+-:;<=.>?@[]^_{}|~,",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
      })
  void everyNameThatAgoraTakesIsTaken(String channel) {
    assertThat(
            read(with("composite", Map.of("channel", JSON.writeValueAsString(channel)))).channel())
        .isEqualTo(channel);
  }

  @Test
  void namesHaveTheLengthThatTheirModeAllows() {
    String longest = JSON.writeValueAsString("x".repeat(1024));
    assertThat(read(with("web", Map.of("channel", longest))).channel()).hasSize(1024);
    assertThat(
            violations(with("web", Map.of("channel", JSON.writeValueAsString("x".repeat(1025))))))
        .containsKey("/channel");
    assertThat(
            violations(
                with("composite", Map.of("channel", JSON.writeValueAsString("x".repeat(64))))))
        .containsOnlyKeys("/channel");
  }

  @Test
  void aMinimalRequestHasSoundDefaults() {
    Opening composite = read(minimal("composite"));
    assertThat(composite.slot()).isEqualTo("main");
    assertThat(composite.assurance()).isEqualTo(Session.Assurance.STANDARD);
    assertThat(composite.onIdle()).isEqualTo(Session.OnIdle.END);
    assertThat(composite.mode()).isEqualTo(Mode.COMPOSITE);
    assertThat(composite.secrets()).isNull();
    assertThat(composite.request())
        .isEqualTo(
            tree(
                """
                { "recording": { "channelType": 0, "maxIdleTime": 300 },
                  "files": { "avFileType": ["hls"] } }
                """));
    assertThat(read(minimal("individual")).request())
        .isEqualTo(
            tree(
                """
                { "recording": { "channelType": 0, "maxIdleTime": 300, "subscribeUidGroup": 5 },
                  "files": { "avFileType": ["hls"] } }
                """));
    assertThat(read(minimal("web")).request())
        .isEqualTo(
            tree(
                """
                { "web": { "url": "https://example.org/", "audioProfile": 0, "videoWidth": 1280,
                           "videoHeight": 720, "maxRecordingHour": 24 },
                  "files": { "avFileType": ["hls"] } }
                """));
  }

  @Test
  void theContractsOwnExampleIsTaken() {
    Opening opening =
        read(
            """
            { "app": "classroom", "channel": "math-101", "mode": "composite", "storage": "primary",
              "slot": "main", "assurance": "standard",
              "uid": null, "backupUid": null, "tokens": { "4000000017": "007..." },
              "recording": { "channelType": 1, "maxIdleTime": 300, "transcodingConfig": { } },
              "files": { "avFileType": ["hls", "mp4"] }, "snapshots": null,
              "web": null, "page": null, "onIdle": "end",
              "prefix": ["lessons", "math101"], "labels": { "lesson": "42" } }
            """);
    assertThat(opening.uids()).containsExactly("4000000017");
    assertThat(tree(String.valueOf(opening.secrets())))
        .isEqualTo(tree("{\"tokens\": {\"4000000017\": \"007...\"}}"));
    assertThat(opening.destination().prefix()).containsExactly("lessons", "math101");
    assertThat(opening.labels()).isEqualTo(Map.of("lesson", "42"));
  }

  @Test
  void snapshotsAloneAskForNoFiles() {
    assertThat(read(with("individual", Map.of("snapshots", "{}"))).request().propertyNames())
        .containsExactly("recording", "snapshots");
    assertThat(
            read(with("individual", Map.of("snapshots", "{}", "files", "{}")))
                .request()
                .path("files"))
        .isEqualTo(tree("{\"avFileType\": [\"hls\"]}"));
  }

  @Test
  void theUidGroupIsTheSmallestThatHoldsTheLists() {
    assertThat(uidGroup("{\"subscribeAudioUids\": [\"1\", \"2\"]}")).isZero();
    assertThat(
            uidGroup("{\"subscribeAudioUids\": [\"1\"], \"subscribeVideoUids\": [\"2\", \"3\"]}"))
        .isEqualTo(1);
    assertThat(uidGroup("{\"subscribeAudioUids\": [\"#allstream#\"]}")).isEqualTo(5);
    assertThat(uidGroup("{\"unsubscribeAudioUids\": [\"1\"]}")).isEqualTo(5);
  }

  @Test
  void fieldsThatNobodyKnowsPassThrough() {
    JsonNode request =
        read(with(
                "composite",
                Map.of("recording.newField", "{\"x\": [1.5, null]}", "files.extra", "1")))
            .request();
    assertThat(request.at("/recording/newField")).isEqualTo(tree("{\"x\": [1.5, null]}"));
    assertThat(request.at("/files/extra").intValue()).isEqualTo(1);
  }

  @Test
  void secretsAreTakenOutOfWhatIsStored() {
    String salt = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    Opening opening =
        read(
            with(
                "composite",
                Map.of(
                    "recording",
                    "{\"decryptionMode\": 7, \"secret\": \"key\", \"salt\": \"" + salt + "\"}",
                    "tokens",
                    "{\"7\": \"token\"}")));
    assertThat(opening.request().path("recording").propertyNames())
        .containsExactlyInAnyOrder("decryptionMode", "channelType", "maxIdleTime");
    assertThat(tree(String.valueOf(opening.secrets())))
        .isEqualTo(
            tree(
                """
                { "tokens": {"7": "token"}, "secret": "key", "salt": "%s" }
                """
                    .formatted(salt)));
    assertThat(opening.toString()).doesNotContain("token", salt);
  }

  @Test
  void withoutAnEncryptionKeyEverySecretIsRefusedAtItsPlace() {
    var violations = new Violations();
    StartRequests.refuseSecrets(
        tree("{\"tokens\": {\"7\": \"t\"}, \"recording\": {\"secret\": \"s\", \"salt\": \"s\"}}"),
        violations);
    StartRequests.refuseSecrets(tree("{\"tokens\": {}, \"recording\": {}}"), violations);
    assertThat(violations.list())
        .extracting(Violations.Violation::pointer)
        .containsExactly("/tokens", "/recording/secret", "/recording/salt");
  }

  @Test
  void whatChangesTheRecordingChangesTheDigest() {
    String digest = read(minimal("composite")).digest();
    for (Map<String, String> same :
        List.of(
            Map.of("labels", "{\"a\": \"b\"}"),
            Map.of("recording.maxIdleTime", "300"),
            Map.of("files", "{\"avFileType\": [\"hls\"]}"),
            Map.of("slot", "\"main\""),
            Map.of("tokens", "{\"7\": \"token\"}"))) {
      assertThat(read(with("composite", same)).digest()).as(same.toString()).isEqualTo(digest);
    }
    for (Map<String, String> different :
        List.of(
            Map.of("recording.maxIdleTime", "301"),
            Map.of("storage", "\"archive\""),
            Map.of("prefix", "[\"a\"]"),
            Map.of("assurance", "\"critical\""),
            Map.of("onIdle", "\"restart\""),
            Map.of("uid", "\"7\""),
            Map.of("recording", "{\"secret\": \"key\"}"))) {
      assertThat(read(with("composite", different)).digest())
          .as(different.toString())
          .isNotEqualTo(digest);
    }
    assertThat(read(with("composite", Map.of("recording", "{\"secret\": \"key\"}"))).digest())
        .isNotEqualTo(
            read(with("composite", Map.of("recording", "{\"secret\": \"kez\"}"))).digest());
  }

  @Test
  void anAppOfOthersIsRefusedWhateverElseIsWrong() {
    var neighbour = new Caller("neighbour", Set.of("lounge"));
    byte[] body = with("composite", Map.of("uid", "0")).getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> requests.read(neighbour, null, body))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.problem().status()).isEqualTo(403));
  }

  private int uidGroup(String recording) {
    return read(with("individual", Map.of("recording", recording)))
        .request()
        .at("/recording/subscribeUidGroup")
        .intValue();
  }

  private Opening read(String body) {
    return requests.read(CALLER, null, body.getBytes(StandardCharsets.UTF_8));
  }

  private Map<String, String> violations(String body) {
    return violations(body.getBytes(StandardCharsets.UTF_8));
  }

  private Map<String, String> violations(byte[] body) {
    ProblemException problem =
        catchThrowableOfType(ProblemException.class, () -> requests.read(CALLER, null, body));
    JsonNode errors = JSON.valueToTree(problem.body("/v1/sessions")).get("errors");
    var found = new LinkedHashMap<String, String>();
    errors.forEach(
        error -> found.put(error.get("pointer").stringValue(), error.get("detail").stringValue()));
    return found;
  }

  private static String minimal(String mode) {
    return """
    {"app": "classroom", "channel": "c", "mode": "%s", "storage": "primary"%s}\
    """
        .formatted(
            mode, mode.equals("web") ? ", \"web\": {\"url\": \"https://example.org/\"}" : "");
  }

  /// A minimal request with some fields set, by dotted name and as JSON.
  private static String with(String mode, Map<String, String> fields) {
    ObjectNode request = (ObjectNode) tree(minimal(mode));
    fields.forEach(
        (name, value) -> {
          int dot = name.indexOf('.');
          ObjectNode object = dot < 0 ? request : request.withObject("/" + name.substring(0, dot));
          object.set(name.substring(dot + 1), tree(value));
        });
    return request.toString();
  }

  private static JsonNode tree(String json) {
    return JSON.readTree(json);
  }
}
