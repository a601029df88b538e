package io.reelkeeper.sandbox.recorder;

import static io.reelkeeper.sandbox.recorder.Voice.details;

import io.reelkeeper.sandbox.files.Bucket.Outcome;
import io.reelkeeper.sandbox.recorder.Channel.User;
import io.reelkeeper.sandbox.recorder.Timeline.What;
import io.reelkeeper.sandbox.rules.AccessToken;
import io.reelkeeper.sandbox.rules.AccessToken.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One recorder, from an accepted start until nothing of it is left; guarded by the lock of the
/// sandbox.
public final class Recorder {

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

  private final Order order;
  private final State state;
  private final @Nullable String certificate;
  private final World world;
  private final Media media;
  private final Voice voice;
  private final Uploader uploader;
  private final WebPage page;
  private final CompletableFuture<Void> gone = new CompletableFuture<>();

  /// @param certificate of the app; without one nobody needs a token
  public Recorder(Order order, State state, @Nullable String certificate, World world) {
    this.order = order;
    this.state = state;
    this.certificate = certificate;
    this.world = world;
    this.media = new Media(state.media, world.sliceLimit());
    this.voice = new Voice(order, state, world);
    this.uploader = new Uploader(order, state, media, world, voice, this::changed, this::uploaded);
    this.page = new WebPage(order, state, media, world, voice, this::endPage);
  }

  public Order order() {
    return order;
  }

  public State state() {
    return state;
  }

  public Media media() {
    return media;
  }

  public boolean ended() {
    return state.endedAt() != null;
  }

  /// Whether control calls reach it.
  public boolean reachable(Instant now) {
    return !ended() && !state.migrating && !order.expired(now);
  }

  /// Completed when its end is settled.
  public CompletableFuture<Void> gone() {
    return gone;
  }

  // --- coming up

  public void begin() {
    Instant at = order.startedAt();
    state.uids.add(state.uid);
    JsonNode outputs = order.service("rtmp_publish_service").path("outputs");
    state.pushedTo = outputs.isEmpty() ? null : outputs.path(0).path("rtmpUrl").asString();
    if (!order.web()) {
      in(at, COMPONENT, What.JOIN);
    }
    in(at, COMPONENT.multipliedBy(2), What.UPLOADER);
    in(at, COMPONENT.multipliedBy(3), What.READY);
    changed();
  }

  /// Goes on after the process was started again.
  public void resume(Instant now) {
    if (state.leaving && !ended() && state.status >= 7) {
      in(now, Duration.ZERO, What.EXIT); // it was uploading its last files
    }
  }

  /// Does what has become due.
  public void due(What what, String argument, Instant at) {
    if (what == What.FORWARD) {
      uploader.forward(at);
    }
    if (what == What.FORGET) {
      state.forgotten = true;
    }
    if (ended() || (state.leaving && what != What.EXIT)) {
      return;
    }
    switch (what) {
      case JOIN -> join(at);
      case UPLOADER -> {
        state.status = 3;
        JsonNode storage = state.storage;
        world.outside().run(() -> world.bucket().probe(storage), this::probed, at);
      }
      case READY -> ready(at);
      case PAGE -> page.open(at);
      case PAGE_LATE -> page.late(at);
      case PROBE_READY, PROBE_ALIVE -> page.report(what, argument, at);
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

  private void join(Instant at) {
    state.status = 2;
    if (certificate != null) {
      String token = order.request().path("token").asString("");
      switch (AccessToken.join(token, order.appId(), certificate, order.cname(), order.uid(), at)) {
        case Verdict.Admitted admitted ->
            world.timeline().add(admitted.until(), order.sid(), What.TOKEN_END);
        case Verdict.Turned turned -> {
          refusedEntry(turned.code(), turned.message(), at);
          return;
        }
      }
    }
    voice.say(40, 1, details("recorder_started").put("status", 0), at);
    if (channel().has(state.uid)) {
      leave("kicked", 16, at);
    }
  }

  private void refusedEntry(int code, String message, Instant at) {
    voice.error(0, code, message, at);
    if (state.readyAt == null) {
      voice.exit(1, at);
      over("token", at);
    } else {
      leave("token", 16, at);
    }
  }

  private void probed(Outcome outcome, Instant at) {
    if (ended() || state.leaving) {
      return;
    }
    if (outcome == Outcome.REFUSED) {
      voice.error(1, 32, "storage configuration error", at);
      voice.exit(1, at);
      over("storage", at);
    } else {
      voice.say(30, 2, details("uploader_started").put("status", 0), at);
    }
  }

  private void ready(Instant at) {
    state.status = 4;
    state.readyAt = at;
    changed();
    // event 13 has no published words; these are ours
    voice.say(13, 0, details("high_availability_register_success"), at);
    in(at, MINUTE, What.PROGRESS);
    if (order.web()) {
      in(order.startedAt(), PAGE, What.PAGE);
      return;
    }
    channelChanged(at);
    in(at, world.slice(), What.SLICE);
    if (order.snapshots()) {
      in(at, order.captureInterval(), What.SNAPSHOT);
    }
  }

  /// Looks again at who is in the channel.
  public void channelChanged(Instant at) {
    if (state.readyAt == null || state.leaving || state.migrating || ended()) {
      return;
    }
    if (order.web()) {
      page.changed(at);
      return;
    }
    List<User> users = channel().users();
    if (channel().has(state.uid)) {
      leave("kicked", 16, at);
      return;
    }
    media.hear(users, at).forEach(change -> voice.streamChanged(change, at));
    if (users.stream().anyMatch(user -> user.host() || !order.live())) {
      state.emptySince = null;
    } else if (state.emptySince == null) {
      state.emptySince = at;
      Instant patience = at.plus(order.maxIdleTime());
      world.timeline().add(patience, order.sid(), What.IDLE, at.toString());
    }
  }

  private void idle(String since, Instant at) {
    if (since.equals(String.valueOf(state.emptySince)) && !state.migrating) {
      leave("idle", 4, at);
    }
  }

  private void slice(Instant at) {
    in(at, world.slice(), What.SLICE);
    if (!state.migrating) {
      media.cut(at, false);
      media.endMp4After(page.mp4Length());
      uploader.upload(at);
    }
  }

  private void snapshot(Instant at) {
    in(at, order.captureInterval(), What.SNAPSHOT);
    if (!state.migrating) {
      media.snapshots(at);
      uploader.upload(at);
    }
  }

  /// Replaces what is recorded of whom.
  public void subscribe(JsonNode streamSubscribe, Instant at) {
    media.subscribe(streamSubscribe);
    channelChanged(at);
  }

  /// Stops or resumes the recording of a page.
  public void hold(boolean onhold, Instant at) {
    state.onhold = onhold;
    media.flow(!onhold, at);
    uploader.upload(at);
  }

  /// Loads a recorded page anew.
  public void reload(String reason, Instant at) {
    if (!ended() && !state.leaving) {
      page.reload(reason, at);
    }
  }

  /// Pushes the picture of a page to another address.
  public void push(String url, Instant at) {
    page.push(url, at);
  }

  /// Writes with other credentials from now on.
  public void storeWith(JsonNode storageConfig) {
    state.storage = storageConfig;
  }

  /// Its process dies; another server takes over under a new uid, three times at most.
  public void failOver(Duration gap, Instant at) {
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
    changed();
    voice.say(12, 0, details("session_failover").put("newUid", uid), at);
    if (order.web()) {
      media.flow(!state.onhold, at);
    } else {
      voice.say(40, 1, details("recorder_started").put("status", 0), at);
      state.emptySince = null;
      channelChanged(at);
    }
  }

  // --- coming to an end

  /// Stops as the customer asked.
  ///
  /// @param atOnce whether the uploads begin now, because the customer waits for them
  public void stop(boolean atOnce, Instant at) {
    if (order.web()) {
      page.close(0, "ok", "", at);
    } else {
      leaveChannel(world.random().nextBoolean() ? 16 : 24, at);
    }
    endWith("stop", atOnce, at);
  }

  /// Leaves the channel by itself.
  public void leave(String reason, int leaveCode, Instant at) {
    if (ended() || state.leaving) {
      return;
    }
    if (order.web()) {
      page.close(6, "recorder_error", "recorder error", at);
    } else {
      leaveChannel(leaveCode, at);
    }
    endWith(reason, false, at);
  }

  /// Disappears without a word.
  public void kill(String reason, Instant at) {
    if (!ended()) {
      media.loseOpen();
      over(reason, at);
    }
  }

  private void leaveChannel(int leaveCode, Instant at) {
    media.cut(at, true);
    List<Media.Change> changes = media.hear(List.of(), at);
    voice.leave(leaveCode, changes, world.random().nextBoolean(), at);
  }

  private void endPage(int code, String message, String text, Instant at) {
    page.close(code, message, text, at);
    endWith(code == 1 ? "max-recording-hour" : "page", false, at);
  }

  private void endWith(String reason, boolean atOnce, Instant at) {
    state.leaving = true;
    state.endReason = reason;
    state.status = 6;
    if (atOnce) {
      exit(at);
    } else {
      in(at, EXIT, What.EXIT);
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
    voice.exit(outcome == Outcome.REFUSED || state.endReason.equals("page") ? 1 : 0, at);
    if (!swapped) {
      uploader.sayUploaded(outcome, at);
    }
    over(state.endReason, at);
  }

  private void over(String reason, Instant at) {
    state.status = 8;
    state.endedAt = at;
    state.endReason = reason;
    world.timeline().forget(order.sid());
    in(at, LINGER, What.FORGET);
    uploader.forwardLater(at);
    changed();
    gone.complete(null);
  }

  private void changed() {
    world.changed().accept(this);
  }

  private void in(Instant at, Duration after, What what) {
    world.timeline().add(at.plus(after), order.sid(), what);
  }

  private Channel channel() {
    return world.channels().apply(order.cname());
  }
}
