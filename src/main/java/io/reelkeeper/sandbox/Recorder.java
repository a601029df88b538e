package io.reelkeeper.sandbox;

import io.reelkeeper.sandbox.Channels.Channel;
import io.reelkeeper.sandbox.Channels.Page;
import io.reelkeeper.sandbox.SandboxSettings.App;
import io.reelkeeper.sandbox.Timeline.What;
import io.reelkeeper.sandbox.files.Bucket;
import io.reelkeeper.sandbox.files.Bucket.Outcome;
import io.reelkeeper.sandbox.rules.AccessToken;
import io.reelkeeper.sandbox.rules.AccessToken.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The life of one recorder, from an accepted start until nothing of it is left; guarded by the
/// lock of the sandbox.
final class Recorder {

  /// Components come up within five seconds.
  private static final Duration COMPONENT = Duration.ofSeconds(1);

  /// A page is recorded about five seconds after the request.
  private static final Duration PAGE = Duration.ofSeconds(5);

  /// Between a stop that does not wait, or an exit of its own, and the end of the uploads.
  private static final Duration EXIT = Duration.ofSeconds(2);

  /// How long a second stop is still recognised as such.
  private static final Duration LINGER = Duration.ofSeconds(5);

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final int MOST_FAILOVERS = 3;

  /// What was asked for; it never changes.
  record Order(
      String app,
      String mode,
      String cname,
      String uid,
      String resourceId,
      String sid,
      Instant startedAt,
      int expiresAfterHours,
      JsonNode request) {

    boolean web() {
      return mode.equals("web");
    }

    JsonNode service(String name) {
      return StreamSupport.stream(
              request.path("extensionServiceConfig").path("extensionServices").spliterator(), false)
          .filter(service -> service.path("serviceName").asString("").equals(name))
          .findFirst()
          .map(service -> service.path("serviceParam"))
          .orElse(JsonNodeFactory.instance.missingNode());
    }
  }

  /// What outlives the process.
  static final class State {
    String uid;
    List<String> uids = new ArrayList<>();
    JsonNode storage;
    Media.State media;
    int status = 1;
    int sequence;
    int failovers;
    int lateLoads;
    boolean migrating;
    boolean onhold;
    boolean leaving;
    boolean backup;
    boolean forgotten;
    @Nullable String pushedTo;
    @Nullable Instant readyAt;
    @Nullable Instant emptySince;
    @Nullable Instant endedAt;
    String endReason = "";

    State(String uid, JsonNode storage, Media.State media) {
      this.uid = uid;
      this.storage = storage;
      this.media = media;
    }
  }

  /// Work that may take long: it runs outside the lock, what follows is under it again.
  interface Outside {
    void run(Supplier<Outcome> work, BiConsumer<Outcome, Instant> then, Instant at);
  }

  /// What all recorders share.
  record World(
      SandboxSettings settings,
      Timeline timeline,
      Notices notices,
      Bucket bucket,
      Channels channels,
      Ledger ledger,
      RandomGenerator random,
      Outside outside) {}

  private final Order order;
  private final State state;
  private final App app;
  private final World world;
  private final Media media;
  private final CompletableFuture<Void> gone = new CompletableFuture<>();
  private final Uploader uploader;

  Recorder(Order order, State state, App app, World world) {
    this.order = order;
    this.state = state;
    this.app = app;
    this.world = world;
    this.media = new Media(state.media, world.settings().sliceLimit().toBytes());
    this.uploader = new Uploader(order, state, media, world, this::say, this::uploaded);
  }

  Order order() {
    return order;
  }

  State state() {
    return state;
  }

  Media media() {
    return media;
  }

  boolean ended() {
    return state.endedAt != null;
  }

  /// Whether control calls reach it.
  boolean reachable(Instant now) {
    boolean expired =
        now.isAfter(order.startedAt().plus(Duration.ofHours(order.expiresAfterHours())));
    return !ended() && !state.migrating && !expired;
  }

  /// Goes on after the process was started again.
  void resume(Instant now) {
    if (state.leaving && !ended() && state.status >= 7) {
      in(now, Duration.ZERO, What.EXIT); // it was uploading its last files
    }
  }

  /// Nothing but unforwarded files is left of it; a stop is now answered as for an unknown
  /// recorder.
  boolean forget() {
    state.forgotten = true;
    return !state.backup;
  }

  /// Completed when its end is settled.
  CompletableFuture<Void> gone() {
    return gone;
  }

  void begin() {
    Instant at = order.startedAt();
    state.uids.add(state.uid);
    JsonNode outputs = order.service("rtmp_publish_service").path("outputs");
    state.pushedTo = outputs.isEmpty() ? null : outputs.path(0).path("rtmpUrl").asString();
    if (!order.web()) {
      in(at, COMPONENT, What.JOIN);
    }
    in(at, COMPONENT.multipliedBy(2), What.UPLOADER);
    in(at, COMPONENT.multipliedBy(3), What.READY);
    keep();
  }

  void due(What what, String argument, Instant at) {
    boolean late = state.leaving && what != What.EXIT;
    if (what == What.FORWARD) {
      uploader.forward(at);
      return;
    }
    if (ended() || late) {
      return;
    }
    switch (what) {
      case JOIN -> join(at);
      case UPLOADER -> startUploader(at);
      case READY -> ready(at);
      case PAGE -> openPage(at);
      case PAGE_LATE -> pageLate(at);
      case SLICE -> slice(at);
      case PROGRESS -> {
        in(at, MINUTE, What.PROGRESS);
        uploader.sayProgress(at);
      }
      case SNAPSHOT -> snapshot(at);
      case IDLE -> idle(argument, at);
      case TOKEN_END -> refusedEntry(109, "token expired", at);
      case LONGEST -> endPage(1, "max_recording_hour", "max recording hour is " + argument, at);
      case MIGRATED -> migrated(at);
      case EXIT -> exit(at);
      case FORWARD, FORGET, REOPEN, NOTICE -> {}
    }
  }

  // --- coming up

  private void join(Instant at) {
    state.status = 2;
    if (app.appCertificate() != null) {
      String token = order.request().path("token").asString("");
      switch (AccessToken.join(
          token, app.appId(), app.appCertificate(), order.cname(), order.uid(), at)) {
        case Verdict.Admitted admitted ->
            world.timeline().add(admitted.until(), order.sid(), What.TOKEN_END);
        case Verdict.Turned turned -> {
          refusedEntry(turned.code(), turned.message(), at);
          return;
        }
      }
    }
    say(40, 1, details("recorder_started").put("status", 0), at);
    if (channel().users().stream().anyMatch(user -> user.uid().equals(state.uid))) {
      leave("kicked", 16, at);
    }
  }

  private void startUploader(Instant at) {
    state.status = Math.max(state.status, 3);
    JsonNode storage = state.storage;
    world.outside().run(() -> world.bucket().probe(storage), this::uploaderStarted, at);
  }

  private void ready(Instant at) {
    state.status = 4;
    state.readyAt = at;
    keep();
    // event 13 has no published words; these are ours
    say(13, 0, details("high_availability_register_success"), at);
    in(at, MINUTE, What.PROGRESS);
    if (order.web()) {
      in(order.startedAt(), PAGE, What.PAGE);
    } else {
      channelChanged(at);
      in(at, world.settings().slice(), What.SLICE);
      if (order.request().has("snapshotConfig")) {
        in(at, captureInterval(), What.SNAPSHOT);
      }
    }
  }

  private Duration captureInterval() {
    return Duration.ofSeconds(
        order.request().path("snapshotConfig").path("captureInterval").asInt(10));
  }

  private void openPage(Instant at) {
    JsonNode param = order.service("web_recorder_service");
    switch (channel().page()) {
      case UNREACHABLE -> endPage(5, "access_url_failed", "access url failed", at);
      case START_FAILED -> endPage(3, "start_engine_failed", "start engine failed", at);
      case OPENS, NEVER_READY -> {
        say(70, 6, details("web_recorder_started").put("recorderStartTime", at.toEpochMilli()), at);
        int hours = param.path("maxRecordingHour").asInt();
        world
            .timeline()
            .add(at.plus(Duration.ofHours(hours)), order.sid(), What.LONGEST, "" + hours);
        publish("connecting", at);
        if (channel().page() == Page.NEVER_READY && param.path("readyTimeout").asInt(0) > 0) {
          in(at, Duration.ofSeconds(param.path("readyTimeout").asInt()), What.PAGE_LATE);
        } else {
          publish("publishing", at);
          state.onhold = param.path("onhold").asBoolean(false);
          media.flow(!state.onhold, at);
          in(at, world.settings().slice(), What.SLICE);
        }
      }
    }
  }

  private void pageLate(Instant at) {
    if (++state.lateLoads > 1) {
      endPage(4, "page_load_timeout", "page load timeout", at);
      return;
    }
    say(73, 6, details("web_recorder_reload").put("reason", "page_load_timeout"), at);
    int seconds = order.service("web_recorder_service").path("readyTimeout").asInt();
    in(at, Duration.ofSeconds(seconds), What.PAGE_LATE);
  }

  // --- running

  /// Looks again at who is in the channel.
  void channelChanged(Instant at) {
    if (order.web() || state.readyAt == null || state.leaving || state.migrating || ended()) {
      return;
    }
    List<Channels.User> users = channel().users();
    if (users.stream().anyMatch(user -> user.uid().equals(state.uid))) {
      leave("kicked", 16, at);
      return;
    }
    for (Media.Change change : media.hear(users, at)) {
      streamChanged(change, at);
    }
    boolean live = order.request().path("recordingConfig").path("channelType").asInt(0) == 1;
    boolean empty = users.stream().noneMatch(user -> user.host() || !live);
    if (!empty) {
      state.emptySince = null;
    } else if (state.emptySince == null) {
      state.emptySince = at;
      int patience = order.request().path("recordingConfig").path("maxIdleTime").asInt(30);
      world
          .timeline()
          .add(at.plusSeconds(patience), order.sid(), What.IDLE, "" + at.toEpochMilli());
    }
  }

  private void streamChanged(Media.Change change, Instant at) {
    String medium = change.video() ? "video" : "audio";
    say(
        change.video() ? 44 : 43,
        1,
        details("recorder_" + medium + "_stream_state_changed")
            .put("streamUid", change.uid())
            .put("state", change.receiving() ? 0 : 1)
            .put("UtcMs", at.toEpochMilli()),
        at);
  }

  private void idle(String since, Instant at) {
    Instant empty = state.emptySince;
    if (empty != null && since.equals("" + empty.toEpochMilli())) {
      leave("idle", 4, at);
    }
  }

  private void slice(Instant at) {
    in(at, world.settings().slice(), What.SLICE);
    if (!state.migrating) {
      media.cut(at, false);
      media.endMp4After(mp4Length());
      uploader.upload(at);
    }
  }

  private Duration mp4Length() {
    JsonNode param = order.service("web_recorder_service");
    return Duration.ofMinutes(param.path("maxVideoDuration").asInt(120));
  }

  private void snapshot(Instant at) {
    in(at, captureInterval(), What.SNAPSHOT);
    if (!state.migrating) {
      media.snapshots(at);
      uploader.upload(at);
    }
  }

  /// Replaces what is recorded of whom.
  void subscribe(JsonNode streamSubscribe, Instant at) {
    media.subscribe(streamSubscribe);
    channelChanged(at);
  }

  /// Stops or resumes the recording of a page.
  void hold(boolean onhold, Instant at) {
    state.onhold = onhold;
    media.flow(!onhold, at);
    uploader.upload(at);
  }

  /// Pushes a page's picture to another address.
  void push(String url, Instant at) {
    publish("disconnected", at);
    state.pushedTo = url;
    publish("connecting", at);
    publish("publishing", at);
  }

  private void publish(String status, Instant at) {
    String url = state.pushedTo;
    if (url != null) {
      say(100, 6, details("rtmp_publish_status").put("rtmpUrl", url).put("status", status), at);
    }
  }

  // --- failing over

  /// Its process dies; another server takes over under a new uid after a while, three times at
  /// most.
  void failOver(Duration gap, Instant at) {
    if (ended() || state.leaving || state.migrating || state.readyAt == null) {
      return;
    }
    if (state.failovers == MOST_FAILOVERS) {
      kill("failover-limit", at);
      return;
    }
    state.migrating = true;
    media.loseOpen();
    in(at, gap, What.MIGRATED);
  }

  private void migrated(Instant at) {
    state.migrating = false;
    media.takeOver(state.failovers++);
    long uid = world.random().nextLong(1, 1L << 32);
    state.uid = Long.toString(uid);
    state.uids.add(state.uid);
    state.status = 4;
    keep();
    say(12, 0, details("session_failover").put("newUid", uid), at);
    say(40, 1, details("recorder_started").put("status", 0), at);
    if (order.web()) {
      media.flow(!state.onhold, at);
    } else {
      state.emptySince = null;
      channelChanged(at);
    }
  }

  // --- coming to an end

  /// Stops as the customer asked.
  ///
  /// @param atOnce whether the uploads begin now, because the customer waits for them
  void stop(boolean atOnce, Instant at) {
    if (order.web()) {
      closePage(0, "ok", "", at);
      endWith("stop", at, !atOnce);
    } else {
      say41(world.random().nextBoolean() ? 16 : 24, at);
      endWith("stop", at, !atOnce);
    }
  }

  /// Leaves the channel by itself.
  void leave(String reason, int leaveCode, Instant at) {
    if (ended() || state.leaving) {
      return;
    }
    if (order.web()) {
      closePage(6, "recorder_error", "recorder error", at);
    } else {
      say41(leaveCode, at);
    }
    endWith(reason, at, true);
  }

  /// Disappears without a word.
  void kill(String reason, Instant at) {
    if (!ended()) {
      media.loseOpen();
      over(reason, at);
    }
  }

  private void say41(int leaveCode, Instant at) {
    media.cut(at, true);
    if (world.random().nextBoolean()) {
      media.hear(List.of(), at).forEach(change -> streamChanged(change, at));
      say(41, 1, details("recorder_leave").put("leaveCode", leaveCode), at);
    } else { // seen in practice: stream states after the leave
      say(41, 1, details("recorder_leave").put("leaveCode", leaveCode), at);
      media.hear(List.of(), at).forEach(change -> streamChanged(change, at));
    }
  }

  private void endPage(int code, String message, String text, Instant at) {
    closePage(code, message, text, at);
    endWith(code == 1 ? "max-recording-hour" : "page", at, true);
  }

  private void closePage(int code, String message, String text, Instant at) {
    media.flow(false, at);
    publish("disconnected", at);
    ObjectNode details = details("web_recorder_stopped").put("code", code).put("message", message);
    details.put("details", text).set("fileList", media.webFileList());
    say(71, 6, details, at);
  }

  private void endWith(String reason, Instant at, boolean later) {
    state.leaving = true;
    state.endReason = reason;
    state.status = 6;
    keep();
    if (later) {
      in(at, EXIT, What.EXIT);
    } else {
      exit(at);
    }
  }

  private void exit(Instant at) {
    state.status = 7;
    media.endMp4();
    uploader.finish(at);
  }

  /// The uploads are through, or given up.
  private void uploaded(Outcome outcome, Instant at) {
    boolean swapped = world.random().nextBoolean();
    if (swapped) {
      uploader.sayUploaded(outcome, at);
    }
    exited(outcome == Outcome.REFUSED || state.endReason.equals("page") ? 1 : 0, at);
    if (!swapped) {
      uploader.sayUploaded(outcome, at);
    }
    over(state.endReason, at);
  }

  private void refusedEntry(int code, String message, Instant at) {
    if (!state.leaving) {
      error(0, code, message, at);
      if (state.readyAt == null) {
        exited(1, at);
        over("token", at);
      } else {
        leave("token", 16, at);
      }
    }
  }

  private void uploaderStarted(Outcome outcome, Instant at) {
    if (ended() || state.leaving) {
      return;
    }
    if (outcome == Outcome.REFUSED) {
      error(1, 32, "storage configuration error", at);
      exited(1, at);
      over("storage", at);
    } else {
      say(30, 2, details("uploader_started").put("status", 0), at);
    }
  }

  private void exited(int exitStatus, Instant at) {
    say(11, 0, details("session_exit").put("exitStatus", exitStatus), at);
  }

  private void over(String reason, Instant at) {
    state.status = 8;
    state.endedAt = at;
    state.endReason = reason;
    world.timeline().forget(order.sid());
    in(at, LINGER, What.FORGET);
    uploader.forwardLater(at);
    keep();
    gone.complete(null);
  }

  // --- telling

  private void error(int module, int code, String message, Instant at) {
    say(
        1,
        0,
        details("cloud_recording_error")
            .put("module", module)
            .put("errorLevel", 4)
            .put("errorCode", code)
            .put("stat", 1)
            .put("errorMsg", message),
        at);
  }

  private void say(int eventType, int serviceType, ObjectNode details, Instant at) {
    ObjectNode payload = JsonNodeFactory.instance.objectNode();
    payload.put("cname", order.cname()).put("uid", state.uid).put("sid", order.sid());
    payload.put("sequence", state.sequence++).put("sendts", at.toEpochMilli());
    payload.put("serviceType", serviceType).put("serviceScene", scene());
    payload.set("details", details);
    world.notices().say(order.app(), eventType, payload, at);
  }

  private String scene() {
    if (order.web()) {
      return "web_record";
    }
    return order.request().has("snapshotConfig") ? "rtc_snapshot" : "rtc_record";
  }

  static ObjectNode details(String name) {
    return JsonNodeFactory.instance.objectNode().put("msgName", name);
  }

  private void in(Instant at, Duration after, What what) {
    world.timeline().add(at.plus(after), order.sid(), what);
  }

  private Channel channel() {
    return world.channels().of(order.cname());
  }

  private void keep() {
    world
        .ledger()
        .keep(
            new Ledger.Recording(
                order.app(),
                app.appId(),
                order.mode(),
                order.cname(),
                order.uid(),
                List.copyOf(state.uids),
                order.resourceId(),
                order.sid(),
                order.startedAt(),
                state.readyAt,
                state.endedAt,
                state.endedAt == null ? null : state.endReason,
                0,
                "%d/%d/%s/%s"
                    .formatted(
                        state.storage.path("vendor").asInt(),
                        state.storage.path("region").asInt(),
                        state.storage.path("bucket").asString(""),
                        Bucket.prefix(state.storage)),
                media.uploaded()));
  }
}
