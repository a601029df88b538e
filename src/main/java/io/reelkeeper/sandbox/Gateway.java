package io.reelkeeper.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reelkeeper.sandbox.Faults.Fault;
import io.reelkeeper.sandbox.Faults.Operation;
import io.reelkeeper.sandbox.SandboxSettings.App;
import io.reelkeeper.sandbox.http.Call;
import io.reelkeeper.sandbox.http.Reply;
import java.net.URLDecoder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What stands in front of the service: routes, credentials, requests per second; and the injected
/// faults.
final class Gateway {

  private static final String RECORDING = "/v1/apps/(?<app>[^/]+)/cloud_recording";
  private static final String RESOURCE = RECORDING + "/resourceid/(?<resource>[^/]+)";
  private static final String MODE = "/mode/(?<mode>individual|mix|web)/";
  private static final Pattern ACQUIRE = Pattern.compile(RECORDING + "/acquire");
  private static final Pattern START = Pattern.compile(RESOURCE + MODE + "start");
  private static final Pattern CONTROL =
      Pattern.compile(
          RESOURCE + "/sid/(?<sid>[^/]+)" + MODE + "(?<operation>query|update|updateLayout|stop)");
  private static final Pattern PRESENCE =
      Pattern.compile("/dev/v1/channel/user/(?<app>[^/]+)/(?<cname>[^/]+)(?<hosts>/hosts_only)?");

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  /// What a path asks for; members that it does not have are empty.
  record Route(
      Operation operation,
      String appId,
      String resourceId,
      String sid,
      String mode,
      String cname,
      boolean hostsOnly) {}

  private final Collection<App> apps;
  private final Map<String, String> aliases = new HashMap<>();
  private final SandboxSettings settings;
  private final Operations operations;
  private final Faults faults;
  private final Ledger ledger;
  private final InstantSource clock;
  private final JsonMapper json;
  private final Map<String, Deque<Long>> admitted = new HashMap<>();

  Gateway(
      Map<String, App> apps,
      SandboxSettings settings,
      Operations operations,
      Faults faults,
      Ledger ledger,
      InstantSource clock,
      JsonMapper json) {
    this.apps = apps.values();
    this.settings = settings;
    this.operations = operations;
    this.faults = faults;
    this.ledger = ledger;
    this.clock = clock;
    this.json = json;
    apps.forEach((alias, app) -> aliases.put(app.appId(), alias));
  }

  Reply answer(Call call) {
    Route route = route(call.method(), call.path());
    if (route == null) {
      return logged(
          call, "none", "", "", refusal(404, "no Route matched with those values"), false);
    }
    String alias = aliases.getOrDefault(route.appId(), "");
    boolean presence = route.operation() == Operation.PRESENCE;
    if (!presence) {
      ledger.arrived(alias, call.nanos());
    }
    Reply refused = refused(call, route, alias);
    if (refused != null) {
      return logged(call, route.operation().word(), alias, route.cname(), refused, false);
    }
    JsonNode body = operations.read(call);
    String cname = operations.cname(route, body);
    Fault fault = faults.take(route.operation(), cname);
    pause(settings.latency());
    boolean works = fault == null || fault.works();
    Reply real = works ? reply(operations.perform(alias, route, body)) : Reply.DROPPED;
    Reply given = fault == null ? real : disturbed(fault, real);
    return logged(call, route.operation().word(), alias, cname, given, works);
  }

  private Reply disturbed(Fault fault, Reply real) {
    pause(fault.delay());
    if (fault.drops()) {
      return Reply.DROPPED;
    }
    Integer status = fault.status();
    return status == null ? real : Reply.of(status, fault.body().getBytes(UTF_8));
  }

  static @Nullable Route route(String method, String path) {
    Matcher acquire = ACQUIRE.matcher(path);
    if (acquire.matches() && method.equals("POST")) {
      return new Route(Operation.ACQUIRE, acquire.group("app"), "", "", "", "", false);
    }
    Matcher start = START.matcher(path);
    if (start.matches() && method.equals("POST")) {
      return new Route(
          Operation.START,
          start.group("app"),
          start.group("resource"),
          "",
          start.group("mode"),
          "",
          false);
    }
    Matcher control = CONTROL.matcher(path);
    if (control.matches()) {
      return control(method, control);
    }
    Matcher presence = PRESENCE.matcher(path);
    if (presence.matches() && method.equals("GET")) {
      String cname = URLDecoder.decode(presence.group("cname"), UTF_8);
      boolean hosts = presence.group("hosts") != null;
      return new Route(Operation.PRESENCE, presence.group("app"), "", "", "", cname, hosts);
    }
    return null;
  }

  private static @Nullable Route control(String method, Matcher path) {
    Operation operation =
        switch (path.group("operation")) {
          case "query" -> Operation.QUERY;
          case "update" -> Operation.UPDATE;
          case "updateLayout" -> Operation.UPDATE_LAYOUT;
          default -> Operation.STOP;
        };
    String mode = path.group("mode");
    boolean exists =
        method.equals(operation == Operation.QUERY ? "GET" : "POST")
            && (operation != Operation.UPDATE_LAYOUT || mode.equals("mix"));
    return exists
        ? new Route(
            operation,
            path.group("app"),
            path.group("resource"),
            path.group("sid"),
            mode,
            "",
            false)
        : null;
  }

  private @Nullable Reply refused(Call call, Route route, String alias) {
    String authorization = call.authorization();
    if (authorization == null) {
      return refusal(401, "Unauthorized");
    }
    boolean customer = apps.stream().anyMatch(app -> authorization.equals(basic(app)));
    if (customer && alias.isEmpty()) {
      return refusal(400, "appid is invalid");
    }
    boolean fits =
        apps.stream()
            .anyMatch(app -> app.appId().equals(route.appId()) && authorization.equals(basic(app)));
    if (!fits) {
      return refusal(401, "Invalid authentication credentials");
    }
    if (route.operation() != Operation.PRESENCE && !admits(route.appId(), call.nanos())) {
      return refusal(429, "API rate limit exceeded");
    }
    return null;
  }

  private static String basic(App app) {
    String pair = app.customerKey() + ":" + app.customerSecret();
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
  }

  /// Admits no more in any one second, wherever it begins, than the app may ask for.
  private synchronized boolean admits(String appId, long nanos) {
    Integer forAll = settings.requestsPerSecond();
    int most =
        forAll != null
            ? forAll
            : apps.stream()
                .filter(app -> app.appId().equals(appId))
                .mapToInt(App::requestsPerSecond)
                .findFirst()
                .orElse(0);
    Deque<Long> window = admitted.computeIfAbsent(appId, key -> new ArrayDeque<>());
    window.removeIf(at -> nanos - at >= SECOND); // threads tell in another order, by a little
    if (most > 0 && window.size() >= most) {
      return false;
    }
    window.addLast(nanos);
    return true;
  }

  private Reply refusal(int status, String message) {
    return Reply.of(
        status, json.writeValueAsBytes(json.createObjectNode().put("message", message)));
  }

  private Reply reply(Answer answer) {
    return Reply.of(answer.status(), json.writeValueAsBytes(answer.body()));
  }

  private Reply logged(
      Call call, String operation, String alias, String cname, Reply reply, boolean carriedOut) {
    ledger.keep(
        new Ledger.Request(
            clock.instant(),
            call.domain(),
            alias,
            operation,
            cname,
            call.method(),
            call.path(),
            reply.status(),
            code(reply),
            carriedOut));
    return reply;
  }

  private @Nullable Integer code(Reply reply) {
    try {
      JsonNode code = reply.drops() ? null : json.readTree(reply.body()).get("code");
      return code == null ? null : code.asInt();
    } catch (tools.jackson.core.JacksonException e) {
      return null;
    }
  }

  private static void pause(Duration time) {
    long until = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
