package io.reelkeeper.api.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.reelkeeper.api.ApiTest;
import io.reelkeeper.api.access.Caller;
import io.reelkeeper.api.problem.ProblemException;
import io.reelkeeper.session.Opened;
import io.reelkeeper.session.Sessions;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Signal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@ApiTest
final class UpdateRequestsTest {

  private static final JsonMapper JSON = new JsonMapper();
  private static final AtomicInteger CHANNELS = new AtomicInteger();

  private final StartRequests starts;
  private final Sessions sessions;
  private final UpdateRequests updates;

  UpdateRequestsTest(
      @Autowired StartRequests starts,
      @Autowired Sessions sessions,
      @Autowired UpdateRequests updates) {
    this.starts = starts;
    this.sessions = sessions;
    this.updates = updates;
  }

  // Each row: the body of an update, and where its one violation is; ~ is the body itself.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          composite  | []                                                             | ~
          composite  | {}                                                             | ~
          composite  | {"streamsubscribe": {}}                                        | /streamsubscribe
          composite  | {"something": 1}                                               | /something
          composite  | {"storageConfig": {"bucket": "mine"}}                          | /storageConfig
          composite  | {"webRecordingConfig": {"onhold": true}}                       | /webRecordingConfig
          individual | {"rtmpPublishConfig": {"outputs": [{"rtmpUrl": "rtmp://x/y"}]}} | /rtmpPublishConfig
          composite  | {"streamSubscribe": []}                                        | /streamSubscribe
          composite  | {"streamSubscribe": {}}                                        | /streamSubscribe
          composite  | {"streamSubscribe": null}                                      | /streamSubscribe
          composite  | {"streamSubscribe": {"audioUidList": {}}}                      | /streamSubscribe/audioUidList
          composite  | {"streamSubscribe": {"audioUidList": ["7"]}}                   | /streamSubscribe/audioUidList
          composite  | {"streamSubscribe": {"audioUidList": {"subscribeVideoUids": ["7"]}}} | /streamSubscribe/audioUidList/subscribeVideoUids
          composite  | {"streamSubscribe": {"audioUidList": {"subscribeAudioUids": []}}} | /streamSubscribe/audioUidList/subscribeAudioUids
          composite  | {"streamSubscribe": {"audioUidList": {"subscribeAudioUids": "7"}}} | /streamSubscribe/audioUidList/subscribeAudioUids
          composite  | {"streamSubscribe": {"audioUidList": {"subscribeAudioUids": [7]}}} | /streamSubscribe/audioUidList/subscribeAudioUids/0
          composite  | {"streamSubscribe": {"audioUidList": {"subscribeAudioUids": ["7"], "unsubscribeAudioUids": ["8"]}}} | /streamSubscribe/audioUidList/unsubscribeAudioUids
          composite  | {"streamSubscribe": {"audioUidList": {"unsubscribeAudioUids": ["7"], "unSubscribeAudioUids": ["8"]}}} | /streamSubscribe/audioUidList/unSubscribeAudioUids
          composite  | {"streamSubscribe": {"videoUidList": {"subscribeVideoUids": ["7", "#allstream#"]}}} | /streamSubscribe/videoUidList/subscribeVideoUids
          individual | {"streamSubscribe": {"audioUidList": {"subscribeAudioUids": ["1", "2"]}, "videoUidList": {"subscribeVideoUids": ["3"]}}} | /streamSubscribe
          web        | {"streamSubscribe": {"audioUidList": {"subscribeAudioUids": ["7"]}}} | /streamSubscribe
          web        | {"webRecordingConfig": {}}                                     | /webRecordingConfig/onhold
          web        | {"webRecordingConfig": {"onhold": "true"}}                     | /webRecordingConfig/onhold
          web        | {"webRecordingConfig": {"onHold": true, "onhold": true}}       | /webRecordingConfig/onHold
          web        | {"rtmpPublishConfig": {"outputs": []}}                         | /rtmpPublishConfig/outputs
          web        | {"rtmpPublishConfig": {"outputs": [{"rtmpUrl": "rtmp://x/y"}, {"rtmpUrl": "rtmp://x/z"}]}} | /rtmpPublishConfig/outputs
          web        | {"rtmpPublishConfig": {"outputs": [{"rtmpUrl": "https://x/y"}]}} | /rtmpPublishConfig/outputs/0/rtmpUrl
          web        | {"rtmpPublishConfig": {"outputs": [{}]}}                       | /rtmpPublishConfig/outputs/0/rtmpUrl
          """)
  void whatBreaksARuleOfAnUpdateIsAViolationAtItsPlace(String mode, String body, String pointer) {
    Session session = session(mode, mode.equals("individual") ? "\"subscribeUidGroup\": 0" : "");

    assertThat(violations(() -> updates.update(session, bytes(body))))
        .containsExactly(pointer.replace("~", ""));
  }

  @Test
  void moreThan32UidsAreTooMany() {
    List<String> uids = IntStream.rangeClosed(1, 33).mapToObj(Integer::toString).toList();
    String body =
        JSON.writeValueAsString(
            Map.of("streamSubscribe", Map.of("audioUidList", Map.of("subscribeAudioUids", uids))));

    assertThat(violations(() -> updates.update(session("composite", ""), bytes(body))))
        .containsExactly("/streamSubscribe/audioUidList/subscribeAudioUids");
  }

  @Test
  void allViolationsOfAnUpdateAreReportedAtOnce() {
    String body =
        """
        {"storageConfig": {}, "other": 1, "webRecordingConfig": {"onhold": 1},
         "streamSubscribe": {"audioUidList": {"subscribeAudioUids": []}}}
        """;

    assertThat(violations(() -> updates.update(session("composite", ""), bytes(body))))
        .containsExactlyInAnyOrder(
            "/storageConfig",
            "/other",
            "/webRecordingConfig",
            "/webRecordingConfig/onhold",
            "/streamSubscribe/audioUidList/subscribeAudioUids");
  }

  @Test
  void aMediumThatIsNotRecordedHasNoList() {
    Session audio = session("composite", "\"streamTypes\": 0");

    assertThat(
            violations(
                () ->
                    updates.update(
                        audio,
                        bytes(
                            """
                            {"streamSubscribe": {"videoUidList": {"subscribeVideoUids": ["7"]}}}
                            """))))
        .containsExactly("/streamSubscribe/videoUidList/subscribeVideoUids");
  }

  // Each row: the layout that it began with, the change, and where its one violation is.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                      | {"width": 640}                  | /width
          {}                      | {"mixedVideoLayout": 4}         | /mixedVideoLayout
          {}                      | {"mixedVideoLayout": "1"}       | /mixedVideoLayout
          {}                      | {"mixedVideoLayout": 3}         | /layoutConfig
          {}                      | {"backgroundColor": "red"}      | /backgroundColor
          {}                      | {"backgroundImage": "b.png"}    | /backgroundImage
          {}                      | {"maxResolutionUid": "7"}       | /maxResolutionUid
          {}                      | {"mixedVideoLayout": 2, "maxResolutionUid": 7} | /maxResolutionUid
          {}                      | {"layoutConfig": [{"x_axis": 0, "y_axis": 0, "width": 1, "height": 1}]} | /layoutConfig
          {"mixedVideoLayout": 3, "layoutConfig": [{"x_axis": 0, "y_axis": 0, "width": 1, "height": 1}]} | {"layoutConfig": null} | /layoutConfig
          {}                      | {"mixedVideoLayout": 3, "layoutConfig": []} | /layoutConfig
          {}                      | {"mixedVideoLayout": 3, "layoutConfig": [{"x_axis": 2, "y_axis": 0, "width": 1, "height": 1}]} | /layoutConfig/0/x_axis
          {}                      | {"backgroundConfig": [{"uid": "7"}]} | /backgroundConfig/0/image_url
          {}                      | {"layout": {}}                  | /layout
          """)
  void whatAgoraWouldRejectOfALayoutIsAViolation(String began, String change, String pointer) {
    Session session = session("composite", "\"transcodingConfig\": " + began);

    assertThat(violations(() -> updates.layout(session, bytes(change)))).containsExactly(pointer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"mixedVideoLayout\": 1}",
        "{\"layoutConfig\": [{\"x_axis\": 0, \"y_axis\": 0, \"width\": 0.5, \"height\": 1}]}",
        "{\"backgroundColor\": null}",
        "{}",
      })
  void whatFitsTheLayoutThatIsThereIsTaken(String change) {
    Session session =
        session(
            "composite",
            """
            "transcodingConfig": {"mixedVideoLayout": 3,
              "layoutConfig": [{"x_axis": 0, "y_axis": 0, "width": 1, "height": 1}]}
            """);

    assertThat(updates.layout(session, bytes(change)).path("layout"))
        .isEqualTo(JSON.readTree(change));
  }

  @ParameterizedTest
  @ValueSource(strings = {"individual", "web"})
  void onlyCompositeHasALayout(String mode) {
    assertThat(
            violations(() -> updates.layout(session(mode, ""), bytes("{\"mixedVideoLayout\": 1}"))))
        .containsExactly("");
  }

  private Session session(String mode, String recording) {
    String more =
        mode.equals("web")
            ? "\"web\": {\"url\": \"https://example.org/\"}"
            : "\"recording\": {" + recording + "}";
    String body =
        """
        {"app": "classroom", "channel": "u%d", "mode": "%s", "storage": "primary", %s}
        """
            .formatted(CHANNELS.incrementAndGet(), mode, more);
    var caller = new Caller("updates", Set.of("classroom"));
    Opened opened = sessions.open(starts.read(caller, null, bytes(body)));
    Session session = ((Opened.Created) opened).session();
    sessions.apply(session.id(), new Signal.StopAsked("makes room"));
    return session;
  }

  private interface Reading {
    void read();
  }

  private static List<String> violations(Reading reading) {
    ProblemException problem = catchThrowableOfType(ProblemException.class, reading::read);
    JsonNode errors = JSON.valueToTree(problem.body("/v1/sessions")).get("errors");
    var pointers = new ArrayList<String>();
    errors.forEach(error -> pointers.add(error.get("pointer").stringValue()));
    return pointers;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
