package io.reelkeeper.provider;

import io.reelkeeper.core.Mode;
import io.reelkeeper.core.Operation;
import io.reelkeeper.provider.Exchange.Ask;
import io.reelkeeper.quota.Urgency;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Agora's cloud recording, one method for each thing that can be asked of it.
///
/// Each call ends in one `Answer`. It blocks for up to a minute and so never runs inside a
/// transaction.
@Component
@Transactional(propagation = Propagation.NEVER)
public class Agora {

  private final AgoraApps apps;
  private final ProviderSettings settings;
  private final Calls calls;
  private final JsonMapper json = JsonMapper.builder().build();

  Agora(AgoraApps apps, ProviderSettings settings, Calls calls) {
    this.apps = apps;
    this.settings = settings;
    this.calls = calls;
  }

  /// Asks for a resource ID; it is good for one start within 5 minutes, best within 2 s.
  public Answer<Heard.Acquired> acquire(Recorder recorder, JsonNode clientRequest) {
    return post(Operation.ACQUIRE, recorder, "/acquire", clientRequest, Heard.Acquired::in);
  }

  /// Starts the recording of the acquired resource ID. A start that was lost on its way is sent
  /// again with the same resource ID; a refusal with code 7 or 53 then says that it runs.
  public Answer<Heard.Started> start(Recorder recorder, JsonNode clientRequest) {
    String path = resource(recorder) + mode(recorder.mode()) + "/start";
    return post(Operation.START, recorder, path, clientRequest, Heard.Started::in);
  }

  /// Asks how the recording is. Refused with 404 and `Owner.PROVIDER`: Agora does not find it.
  ///
  /// Something waits for the answer, so it goes before regular questions.
  public Answer<Heard.Queried> query(Recorder recorder) {
    return query(recorder, Urgency.COMMAND);
  }

  /// The regular form of [#query]: `Postponed` while commands take the pace.
  public Answer<Heard.Queried> poll(Recorder recorder) {
    return query(recorder, Urgency.POLL);
  }

  private Answer<Heard.Queried> query(Recorder recorder, Urgency urgency) {
    String path = ofSid(recorder) + mode(recorder.mode()) + "/query";
    return calls.walk(
        new Ask<>(
            Operation.QUERY,
            recorder,
            urgency,
            recorder.app(),
            recordings(recorder) + path,
            null,
            settings.answerTimeout(),
            Heard.Queried::in));
  }

  public Answer<Heard.Updated> update(Recorder recorder, JsonNode clientRequest) {
    String path = ofSid(recorder) + mode(recorder.mode()) + "/update";
    return post(Operation.UPDATE, recorder, path, clientRequest, Heard.Updated::in);
  }

  /// Replaces the whole layout of a mixed recording: what is left out returns to its default.
  public Answer<Heard.Updated> updateLayout(Recorder recorder, JsonNode clientRequest) {
    String path = ofSid(recorder) + mode(Mode.COMPOSITE) + "/updateLayout";
    return post(Operation.UPDATE_LAYOUT, recorder, path, clientRequest, Heard.Updated::in);
  }

  /// Stops the recording. Refused with 49: it already stops; with 435: it stopped and is empty.
  ///
  /// @param async do not wait for the upload
  public Answer<Heard.Stopped> stop(Recorder recorder, boolean async) {
    String path = ofSid(recorder) + mode(recorder.mode()) + "/stop";
    JsonNode how = json.createObjectNode().put("async_stop", async);
    return post(Operation.STOP, recorder, path, how, Heard.Stopped::in);
  }

  /// Asks who is in the channel; paced apart from the recording calls.
  public Answer<Heard.Present> presence(Recorder recorder) {
    String path =
        "/dev/v1/channel/user/"
            + apps.named(recorder.app()).id()
            + "/"
            + HttpAgora.segment(recorder.cname())
            + "/hosts_only";
    return calls.walk(
        new Ask<>(
            Operation.PRESENCE,
            recorder,
            Urgency.COMMAND,
            recorder.app() + "/presence",
            path,
            null,
            settings.answerTimeout(),
            Heard.Present::in));
  }

  /// Where the app's requests go, in the order of their use: primary, alternate, adjacent.
  public List<URI> domains(String app) {
    AgoraApps.Route route = apps.named(app).route();
    return List.of(route.primary(), route.alternate(), route.adjacent());
  }

  private <T> Answer<T> post(
      Operation operation,
      Recorder recorder,
      String path,
      JsonNode clientRequest,
      Function<JsonNode, Optional<T>> reads) {
    var body = json.createObjectNode();
    body.put("cname", recorder.cname()).put("uid", recorder.uid());
    body.set("clientRequest", clientRequest);
    return calls.walk(
        new Ask<>(
            operation,
            recorder,
            operation == Operation.START ? Urgency.SECOND_OF_PAIR : Urgency.COMMAND,
            recorder.app(),
            recordings(recorder) + path,
            body,
            operation == Operation.STOP ? settings.stopTimeout() : settings.answerTimeout(),
            reads));
  }

  private String recordings(Recorder recorder) {
    return "/v1/apps/" + apps.named(recorder.app()).id() + "/cloud_recording";
  }

  private static String resource(Recorder recorder) {
    return "/resourceid/" + HttpAgora.segment(given(recorder.resourceId(), "resource ID"));
  }

  private static String ofSid(Recorder recorder) {
    return resource(recorder) + "/sid/" + HttpAgora.segment(given(recorder.sid(), "sid"));
  }

  private static String mode(Mode mode) {
    return "/mode/" + mode.agora();
  }

  private static String given(@Nullable String value, String what) {
    if (value == null) {
      throw new IllegalArgumentException("the recorder has no " + what + " yet");
    }
    return value;
  }
}
