package io.reelkeeper.sandbox;

import io.reelkeeper.sandbox.SandboxSettings.App;
import io.reelkeeper.sandbox.SandboxSettings.WebWorkers;
import io.reelkeeper.sandbox.recorder.Order;
import io.reelkeeper.sandbox.recorder.Recorder;
import io.reelkeeper.sandbox.recorder.State;
import io.reelkeeper.sandbox.recorder.Timeline.Step;
import io.reelkeeper.sandbox.recorder.World;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Who holds which resource, and which recorders there are; guarded by the lock of the sandbox.
final class Recorders {

  static final Duration RESOURCE_VALID = Duration.ofMinutes(5);

  private static final Duration KEPT = Duration.ofHours(1);

  /// A start belongs within two seconds of its acquire: so long an acquired worker counts as used.
  private static final Duration RESERVED = Duration.ofSeconds(2);

  /// What an acquire gave.
  ///
  /// @param startParameter what the client request of the start must equal; null without
  /// @param sid of the recorder that was started with it, or empty
  record Resource(
      String id,
      String app,
      String cname,
      String uid,
      int scene,
      int expiresAfterHours,
      @Nullable JsonNode startParameter,
      Instant at,
      String sid) {

    Resource {
      // an absent member is read back as a JSON null
      startParameter = startParameter == null || startParameter.isNull() ? null : startParameter;
    }

    boolean expired(Instant now) {
      return sid.isEmpty() && now.isAfter(at.plus(RESOURCE_VALID));
    }
  }

  /// What outlives the process.
  record Kept(Order order, State state) {}

  private final Map<String, App> apps;
  private final World world;
  private final Map<String, Resource> resources = new HashMap<>();
  private final Map<String, Recorder> recorders = new LinkedHashMap<>();

  Recorders(Map<String, App> apps, World world) {
    this.apps = apps;
    this.world = world;
  }

  Resource acquire(String app, String cname, String uid, JsonNode request, Instant now) {
    byte[] id = new byte[192];
    world.random().nextBytes(id);
    var resource =
        new Resource(
            Base64.getUrlEncoder().withoutPadding().encodeToString(id),
            app,
            cname,
            uid,
            request.path("scene").asInt(0),
            request.path("resourceExpiredHour").asInt(72),
            request.get("startParameter"),
            now,
            "");
    // an old one is kept only to be told from an unknown one
    resources
        .values()
        .removeIf(old -> !recorders.containsKey(old.sid()) && old.at().isBefore(now.minus(KEPT)));
    resources.put(resource.id(), resource);
    return resource;
  }

  @Nullable Resource resource(String id) {
    return resources.get(id);
  }

  @Nullable Recorder bySid(String sid) {
    return recorders.get(sid);
  }

  /// Whether there is a worker for one more, besides those that run and those that were just
  /// promised to others than this one. Of which size a page is, is known at its start only.
  boolean workerFree(String app, boolean web, String cname, String uid, Instant now) {
    WebWorkers pages = app(app).webWorkers();
    boolean apart = pages != null;
    int limit = web && pages != null ? pages.sd() : app(app).concurrentWorkers();
    long promised =
        resources.values().stream()
            .filter(r -> r.app().equals(app) && r.sid().isEmpty())
            .filter(r -> !apart || (r.scene() == 1) == web)
            .filter(r -> !now.isAfter(r.at().plus(RESERVED)))
            .filter(r -> !(r.cname().equals(cname) && r.uid().equals(uid)))
            .count();
    long used =
        running()
            .map(Recorder::order)
            .filter(order -> order.app().equals(app) && (!apart || order.web() == web))
            .count();
    return promised + used < limit;
  }

  /// Whether a page of this size may be recorded besides those that are.
  ///
  /// @param pixels width times height
  boolean pageFits(String app, long pixels) {
    WebWorkers limits = app(app).webWorkers();
    if (limits == null) {
      return true;
    }
    List<Integer> most = List.of(limits.sd(), limits.hd(), limits.fhd());
    int[] used = new int[most.size()];
    running()
        .map(Recorder::order)
        .filter(order -> order.app().equals(app) && order.web())
        .forEach(order -> used[size(order.pixels())]++);
    used[size(pixels)]++;
    for (int smallest = 0; smallest < used.length; smallest++) {
      int together = Arrays.stream(used, smallest, used.length).sum();
      if (used[smallest] > 0 && together > most.get(smallest)) {
        return false;
      }
    }
    return true;
  }

  private static int size(long pixels) {
    if (pixels <= 640 * 360) {
      return 0;
    }
    return pixels <= 1280 * 720 ? 1 : 2;
  }

  boolean conflicts(String app, String cname, String uid) {
    return running()
        .map(Recorder::order)
        .anyMatch(o -> o.app().equals(app) && o.cname().equals(cname) && o.uid().equals(uid));
  }

  Recorder start(Resource resource, String mode, JsonNode request, Instant now) {
    byte[] bytes = new byte[16];
    world.random().nextBytes(bytes);
    String sid = HexFormat.of().formatHex(bytes);
    var order =
        new Order(
            resource.app(),
            app(resource.app()).appId(),
            mode,
            resource.cname(),
            resource.uid(),
            resource.id(),
            sid,
            now,
            resource.expiresAfterHours(),
            request);
    Recorder recorder = recorder(order, State.of(order));
    resources.put(
        resource.id(),
        new Resource(
            resource.id(),
            resource.app(),
            resource.cname(),
            resource.uid(),
            resource.scene(),
            resource.expiresAfterHours(),
            null,
            resource.at(),
            sid));
    kickOthers(order, resource.uid(), now);
    recorder.begin();
    return recorder;
  }

  void run(Step step) {
    Recorder recorder = recorders.get(step.sid());
    if (recorder == null) {
      return;
    }
    recorder.due(step.what(), step.argument(), step.at());
    switch (step.what()) {
      case FORGET, FORWARD -> {
        if (recorder.state().forgotten() && !recorder.state().backedUp()) {
          recorders.remove(step.sid());
        }
      }
      case MIGRATED -> kickOthers(recorder.order(), recorder.state().uid(), step.at());
      default -> {}
    }
  }

  void channelsChanged(Set<String> cnames, Instant now) {
    running()
        .filter(r -> cnames.contains(r.order().cname()))
        .toList()
        .forEach(r -> r.channelChanged(now));
  }

  /// The recorders that run for this channel name or sid.
  List<Recorder> find(String cname, String sid) {
    return running()
        .filter(r -> sid.isEmpty() ? r.order().cname().equals(cname) : r.order().sid().equals(sid))
        .toList();
  }

  List<Resource> resources() {
    return List.copyOf(resources.values());
  }

  List<Kept> kept() {
    return recorders.values().stream().map(r -> new Kept(r.order(), r.state())).toList();
  }

  void restore(List<Resource> oldResources, List<Kept> old, Instant now) {
    oldResources.forEach(resource -> resources.put(resource.id(), resource));
    old.forEach(kept -> recorder(kept.order(), kept.state()).resume(now));
  }

  private Recorder recorder(Order order, State state) {
    var recorder = new Recorder(order, state, app(order.app()).appCertificate(), world);
    recorders.put(order.sid(), recorder);
    return recorder;
  }

  private App app(String alias) {
    App app = apps.get(alias);
    if (app == null) {
      throw new IllegalStateException("no app " + alias + " any more, but a recorder of it");
    }
    return app;
  }

  /// Of two recorders with one uid in a channel the older is thrown out.
  private void kickOthers(Order order, String uid, Instant now) {
    running()
        .filter(r -> !r.order().web() && r.order().app().equals(order.app()))
        .filter(r -> r.order().cname().equals(order.cname()) && r.state().uid().equals(uid))
        .filter(r -> !r.order().sid().equals(order.sid()))
        .toList()
        .forEach(r -> r.leave("kicked", 16, now));
  }

  private Stream<Recorder> running() {
    return recorders.values().stream().filter(recorder -> !recorder.ended());
  }
}
