package io.reelkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.core.Mode;
import io.reelkeeper.core.TaskId;
import io.reelkeeper.provider.Agora;
import io.reelkeeper.provider.Answer;
import io.reelkeeper.provider.Heard;
import io.reelkeeper.provider.Recorder;
import io.reelkeeper.session.Sessions;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.storage.StorageProfiles;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A process that dies between any two steps of a walk leaves what the next one goes on from: each
/// test takes the steps before the death by hand, and then lets the timers do the rest.
class ContinuesFromTest {

  private final JsonMapper json = JsonMapper.builder().build();
  private World world;
  private Sessions sessions;
  private Agora agora;

  @BeforeEach
  void world() {
    world = World.fresh();
    sessions = world.bean(Sessions.class);
    agora = world.bean(Agora.class);
  }

  /// Accepted and committed; the start's timer has not run yet.
  private UUID accepted() {
    String body = world.asks("math-101", "").body();
    return UUID.fromString(json.readTree(body).path("id").stringValue());
  }

  private Session session(UUID id) {
    return sessions.find(id).orElseThrow();
  }

  private Recorder recorder(UUID id, @Nullable String resourceId) {
    Session session = session(id);
    Task task = session.tasks().getFirst();
    return new Recorder(
        new TaskId(id, 1),
        "classroom",
        Mode.COMPOSITE,
        "math-101",
        task.uid(),
        resourceId,
        task.sid());
  }

  private String acquired(UUID id) {
    ObjectNode request = json.createObjectNode().put("resourceExpiredHour", 24).put("scene", 0);
    return agora.acquire(recorder(id, null), request)
            instanceof Answer.Granted(Heard.Acquired(String resourceId))
        ? resourceId
        : "";
  }

  private void sent(UUID id, String resourceId) {
    ObjectNode request = json.createObjectNode();
    request.set("recordingConfig", session(id).request().path("recording"));
    request.set(
        "storageConfig",
        world.bean(StorageProfiles.class).storageConfig(session(id).destination()));
    assertThat(agora.start(recorder(id, resourceId), request)).isInstanceOf(Answer.Granted.class);
  }

  private void recordsOnce(UUID id) {
    world.passesSeconds(60);
    assertThat(session(id).status()).isEqualTo(Session.Status.RECORDING);
    assertThat(world.running()).hasSize(1);
    assertThat(session(id).tasks().stream().filter(task -> !task.ended()).map(Task::sid))
        .containsExactly(world.running().getFirst().sid());
  }

  @Test
  void theAcceptedRequest() {
    recordsOnce(accepted());
  }

  @Test
  void anAcquireThatWasNotStored() {
    UUID id = accepted();
    acquired(id);

    recordsOnce(id);
  }

  @Test
  void aStoredResourceIdWhoseStartWasNotSent() {
    UUID id = accepted();
    sessions.apply(id, new Signal.Acquired(1, 0, acquired(id)));

    recordsOnce(id);
    assertThat(session(id).tasks()).hasSize(1);
  }

  @Test
  void aStartThatRanAndWhoseAnswerWasNotStored() {
    UUID id = accepted();
    String resourceId = acquired(id);
    sessions.apply(id, new Signal.Acquired(1, 0, resourceId));
    sent(id, resourceId);

    recordsOnce(id);
    assertThat(world.recorders()).hasSize(1);
  }

  @Test
  void aStartThatRanAndWhoseAnswerWasNotStoredWhileNoNoticeArrives() {
    UUID id = accepted();
    String resourceId = acquired(id);
    sessions.apply(id, new Signal.Acquired(1, 0, resourceId));
    world.faults().silence();
    sent(id, resourceId);

    world.passesSeconds(60);

    assertThat(session(id).status()).isEqualTo(Session.Status.RECORDING);
    assertThat(session(id).tasks().getFirst().status()).isEqualTo(Task.Status.UNKNOWN);

    world.faults().reset();
    world.passesSeconds(90);

    assertThat(world.running()).hasSize(1);
  }

  @Test
  void aStartThatWasFoundOnlyAfterItsResourceHadDied() {
    UUID id = accepted();
    String resourceId = acquired(id);
    sessions.apply(id, new Signal.Acquired(1, 0, resourceId));
    sent(id, resourceId);
    world.bean(TestClock.class).advance(Duration.ofMinutes(10));

    recordsOnce(id);
    assertThat(world.recorders()).hasSize(1);
  }

  @Test
  void aStoredSid() {
    UUID id = accepted();
    String resourceId = acquired(id);
    sessions.apply(id, new Signal.Acquired(1, 0, resourceId));
    sent(id, resourceId);
    sessions.apply(id, new Signal.StartGranted(1, resourceId, world.recorders().getFirst().sid()));

    recordsOnce(id);
  }

  @Test
  void aStopThatWasAskedForAndNotSent() {
    UUID id = accepted();
    recordsOnce(id);
    sessions.apply(id, new Signal.StopAsked("requested"));

    stopsForGood(id);
  }

  @Test
  void aStopThatWasCarriedOutAndWhoseAnswerWasNotStored() {
    UUID id = accepted();
    recordsOnce(id);
    sessions.apply(id, new Signal.StopAsked("requested"));
    world.faults().silence();
    agora.stop(recorder(id, session(id).tasks().getFirst().resourceId()), false);

    stopsForGood(id);
  }

  @Test
  void aStopWhileTheStartWasOnItsWay() {
    UUID id = accepted();
    String resourceId = acquired(id);
    sessions.apply(id, new Signal.Acquired(1, 0, resourceId));
    sessions.apply(id, new Signal.StopAsked("requested"));
    sent(id, resourceId);

    stopsForGood(id);
  }

  private void stopsForGood(UUID id) {
    world.passes(Duration.ofMinutes(3));
    assertThat(session(id).status()).isEqualTo(Session.Status.STOPPED);
    assertThat(world.running()).isEmpty();
  }
}
