package io.reelkeeper.sandbox;

import static com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility.ANY;

import io.reelkeeper.sandbox.Channels.Handle;
import io.reelkeeper.sandbox.SandboxSettings.App;
import io.reelkeeper.sandbox.files.Bucket;
import io.reelkeeper.sandbox.http.Browser;
import io.reelkeeper.sandbox.http.SandboxServer;
import io.reelkeeper.sandbox.recorder.Channel;
import io.reelkeeper.sandbox.recorder.Recorder;
import io.reelkeeper.sandbox.recorder.Timeline;
import io.reelkeeper.sandbox.recorder.Timeline.Step;
import io.reelkeeper.sandbox.recorder.Timeline.What;
import io.reelkeeper.sandbox.recorder.World;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// An Agora Cloud Recording that runs here, as strict as its documentation.
///
/// Time is the injected clock's. [#start] makes it live: what is due happens by itself. [#open]
/// leaves time to the caller, who moves the clock and calls [#runDue]; then nothing happens in
/// between, no notice is sent, and uploads and stops are done at once. Only the requests per second
/// are always counted in real time, since they come in real time.
@Component
@ConditionalOnProperty("reelkeeper.sandbox.enabled")
public final class Sandbox implements SmartLifecycle, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Sandbox.class);

  /// Before whatever may call it.
  private static final int PHASE = Integer.MIN_VALUE + 1000;

  private final SandboxSettings settings;
  private final Clock clock;
  private final JsonMapper json =
      JsonMapper.builder()
          .changeDefaultVisibility(v -> v.withFieldVisibility(ANY).withCreatorVisibility(ANY))
          .build();
  private final Timeline timeline = new Timeline();
  private final Faults faults;
  private final Ledger ledger;
  private final Channels channels;
  private final Notices notices;
  private final Bucket bucket;
  private final Clockwork time;
  private final Recorders recorders;
  private final @Nullable StateFile state;
  private final Browser browser = new Browser();
  private final SandboxServer server;
  private volatile boolean open;

  @Autowired
  Sandbox(SandboxSettings settings, Environment environment, Clock clock, RandomGenerator random) {
    this(
        settings.webhookBase() != null
            ? settings
            : settings.withWebhookBase(
                URI.create(
                    environment.getProperty("reelkeeper.public-url", "http://localhost:8080"))),
        Binder.get(environment)
            .bind("reelkeeper.apps", Bindable.mapOf(String.class, App.class))
            .orElseGet(Map::of),
        clock,
        random);
  }

  /// @param apps by alias
  public Sandbox(
      SandboxSettings settings, Map<String, App> apps, Clock clock, RandomGenerator random) {
    this(settings, apps, clock, random, System::nanoTime);
  }

  /// @param traffic the clock, in nanoseconds, that the requests per second are counted on
  public Sandbox(
      SandboxSettings settings,
      Map<String, App> apps,
      Clock clock,
      RandomGenerator random,
      LongSupplier traffic) {
    this.settings = settings;
    this.clock = clock;
    URI base = settings.webhookBase();
    this.faults = new Faults(random);
    this.ledger = new Ledger(clock);
    this.notices =
        new Notices(
            base == null ? Map.of() : apps,
            base == null ? URI.create("http://localhost") : base,
            settings,
            json,
            timeline,
            faults,
            ledger,
            random);
    this.time = new Clockwork(clock, timeline, notices, this::run, this::save);
    this.bucket = new Bucket(settings.bucketEndpoint());
    this.channels = new Channels(settings.channelsBusy(), this::change);
    this.recorders =
        new Recorders(
            apps,
            new World(
                settings.slice(),
                settings.sliceLimit().toBytes(),
                timeline,
                notices::say,
                bucket,
                channels::of,
                settings.pageAliveEvery(),
                browser,
                ledger::keep,
                random,
                time::outside));
    this.state =
        settings.stateFile() == null
            ? null
            : new StateFile(settings.stateFile(), json, recorders, timeline, ledger);
    var operations = new Operations(apps, recorders, channels, time, settings.stopTimeout(), json);
    var gateway = new Gateway(apps, settings, operations, faults, ledger, clock, json);
    var control = new ControlApi(this, json);
    this.server =
        new SandboxServer(
            settings.host(),
            settings.ports(),
            traffic,
            call ->
                call.path().startsWith("/sandbox/") ? control.answer(call) : gateway.answer(call));
  }

  // --- for tests and the control API

  /// The ports of the domains: primary, alternate, adjacent.
  public List<Integer> ports() {
    return server.ports();
  }

  public List<URI> domains() {
    return ports().stream()
        .map(port -> URI.create("http://" + settings.host() + ":" + port))
        .toList();
  }

  public Faults faults() {
    return faults;
  }

  public Ledger ledger() {
    return ledger;
  }

  public Handle channel(String cname) {
    return channels.handle(cname);
  }

  /// Connections to a domain are refused until [#reopen]; open ones are cut at their next use.
  public void refuse(int domain) {
    server.close(domain);
  }

  /// As [#refuse], and reopened by itself after a while.
  public void refuse(int domain, Duration howLong) {
    server.close(domain);
    time.change(
        now -> {
          timeline.add(now.plus(howLong), "", What.REOPEN, Integer.toString(domain));
          return now;
        });
  }

  public void reopen(int domain) {
    server.open(domain);
  }

  long openDomains() {
    return server.openDomains();
  }

  /// The recorders of the channel die and are taken over by other servers after the gap.
  ///
  /// @param gap up to 90 s in the real world; control calls are answered 404 meanwhile
  /// @return how many it met
  public int failOver(String cname, Duration gap) {
    return each(cname, "", (recorder, now) -> recorder.failOver(gap, now));
  }

  /// The recorders of the channel end without a word and without their last files.
  public int kill(String cname) {
    return each(cname, "", (recorder, now) -> recorder.kill("killed", now));
  }

  /// As [#kill], of one recorder alone.
  public int killOne(String sid) {
    return each("", sid, (recorder, now) -> recorder.kill("killed", now));
  }

  /// The recorders of the channel leave it, as when they are removed.
  public int leave(String cname) {
    return each(cname, "", (recorder, now) -> recorder.leave("left", 16, now));
  }

  /// The recorders of the channel leave as after an idle time.
  public int idle(String cname) {
    return each(cname, "", (recorder, now) -> recorder.leave("idle", 4, now));
  }

  /// The recorders of the channel are stopped by somebody else than who started them.
  public int stop(String cname) {
    return each(cname, "", Sandbox::stopped);
  }

  static void stopped(Recorder recorder, Instant now) {
    if (!recorder.state().leaving()) {
      recorder.stop(false, now);
    }
  }

  /// The page recorded under this name is loaded anew, because it was silent for too long.
  public int reload(String cname) {
    return each(cname, "", (recorder, now) -> recorder.reload("audio_silence", now));
  }

  /// @param sid one recorder, or empty for all of the channel
  int each(String cname, String sid, BiConsumer<Recorder, Instant> action) {
    return time.change(
        now -> {
          List<Recorder> found = recorders.find(cname, sid);
          found.forEach(recorder -> action.accept(recorder, now));
          return found.size();
        });
  }

  /// No faults, all domains open, all channels as by default; recorders are left as they are.
  public void reset() {
    faults.reset();
    channels.reset();
    server.open();
  }

  Map<String, Channel> channels() {
    return time.look(now -> channels.told());
  }

  /// Does all that is due by the clock, in the order of time, and returns when its notices were
  /// answered.
  public void runDue() {
    time.runDue();
  }

  private void run(Step step) {
    if (step.what() == What.REOPEN) {
      server.open(Integer.parseInt(step.argument()));
    } else {
      recorders.run(step);
    }
  }

  private void change(Set<String> cnames, Runnable change) {
    time.change(
        now -> {
          change.run();
          recorders.channelsChanged(cnames, now);
          return now;
        });
  }

  private void save() {
    if (state != null) {
      state.write();
    }
  }

  // --- life of the process

  /// Opens the domains and leaves time to the caller.
  public void open() {
    if (state != null) {
      state.read(clock.instant());
    }
    server.open();
    open = true;
  }

  @Override
  public void start() {
    open();
    time.start();
    LOG.info("Agora sandbox at {}, control at {}/sandbox/ledger", domains(), domains().getFirst());
  }

  @Override
  public void stop() {
    if (!open) {
      return;
    }
    open = false;
    server.close();
    time.close();
    notices.close();
    browser.close();
    bucket.close();
  }

  @Override
  public void close() {
    stop();
  }

  @Override
  public boolean isRunning() {
    return open;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}
