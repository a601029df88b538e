package io.reelkeeper.sandbox;

import io.reelkeeper.sandbox.Faults.Fault;
import io.reelkeeper.sandbox.Faults.NoticeFault;
import io.reelkeeper.sandbox.Faults.Operation;
import io.reelkeeper.sandbox.http.Call;
import io.reelkeeper.sandbox.http.Reply;
import io.reelkeeper.sandbox.recorder.Channel.Page;
import io.reelkeeper.sandbox.recorder.Channel.User;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Tells the sandbox over HTTP what goes on and what shall go wrong; JSON, on every open domain,
/// without credentials. Durations are `"500ms"`, `"15s"`, `"PT1M"`. A wrong request is answered 400
/// with `{"error": …}`, every other 200.
///
/// - `GET /sandbox/ledger[?cname=…]`: `recordings`, `requests`, `notices`, `mostRequestsInASecond`
///   (by app), `running` (count).
/// - `GET /sandbox/faults`: `queued`, `notices`. `DELETE /sandbox/faults`: no faults, all domains
///   open, all channels as by default.
/// - `POST /sandbox/faults`, one object or an array of:
///   - `{"operation": "start", "cname": "…", "status": 500, "body": {…}, "delay": "2s", "drop":
///     "before"|"after", "garbage": "<html>", "afterWork": true, "times": 3}`; `operation` is
///     `acquire`, `start`, `query`, `update`, `updateLayout`, `stop`, `presence` or `any`, all
///     other members are optional. `status`, `garbage` and `drop: before` do no work unless
///     `afterWork`.
///   - `{"domain": 0, "refuse": true|false, "for": "30s"}`: connections are refused; the last open
///     domain only with `for`, since nobody could reopen it.
///   - `{"notices": "lose"|"duplicate"|"reorder"|"delay"|"wrong-signature"|"silence", "eventType":
///     13, "cname": "…", "percent": 30, "delay": "15s"}`, all but the first member optional.
/// - `POST /sandbox/recorders` `{"cname": "…" or "sid": "…", "action":
///   "failover"|"kill"|"leave"|"idle"|"stop"|"reload", "for": "60s"}`: answers `{"met": n}`; `for`
///   is the gap of a failover, `stop` comes from somebody else, `reload` (event 73) is of a page.
/// - `GET /sandbox/channels`; `POST /sandbox/channels` `{"cname": "…", "users": [{"uid": "7",
///   "audio": true, "video": true, "host": true}], "page": "opens", "live": true}`: each of the
/// last
///   three optional, `users` are all who are there.
///
/// What becomes of a web page that is recorded under a name is its `page`, which may change while
/// it is recorded:
///
/// | `page` | |
/// |---|---|
/// | `opens` | all is well |
/// | `unreachable` | it cannot be opened: event 71 code 5 |
/// | `start-failed` | the browser does not come up: event 71 code 3 |
/// | `never-ready` | no `notifyReady()`: with a `readyTimeout` event 73, then 71 code 4 |
/// | `too-demanding` | it needs WebGL: event 72, then 71 code 2; at once where it is open |
/// | `not-ready` | it opens, but its probe does not say that it is ready |
/// | `silent` | its probe says that it is ready, and then nothing any more |
///
/// `maxRecordingHour` ends every page by event 71 code 1, `stop` of somebody else by code 0,
/// `leave`
/// by code 6. Where the address has the parameter `reelkeeper`, the sandbox reports there what
/// `probe.js` would.
final class ControlApi {

  private static final Duration FAILOVER = Duration.ofSeconds(60);

  private final Sandbox sandbox;
  private final JsonMapper json;

  ControlApi(Sandbox sandbox, JsonMapper json) {
    this.sandbox = sandbox;
    this.json = json;
  }

  Reply answer(Call call) {
    try {
      JsonNode body =
          call.body().length == 0 ? json.createObjectNode() : json.readTree(call.body());
      Object answer =
          switch (call.method() + " " + call.path()) {
            case "GET /sandbox/ledger" -> ledger(parameter(call.query(), "cname"));
            case "GET /sandbox/faults" -> faults();
            case "POST /sandbox/faults" -> addFaults(body);
            case "DELETE /sandbox/faults" -> reset();
            case "POST /sandbox/recorders" -> recorders(body);
            case "GET /sandbox/channels" -> sandbox.channels();
            case "POST /sandbox/channels" -> channel(body);
            default -> null;
          };
      return answer == null
          ? reply(404, json.createObjectNode().put("error", "no such control: see ControlApi"))
          : reply(200, answer);
    } catch (IllegalArgumentException | JacksonException e) {
      return reply(400, json.createObjectNode().put("error", e.getMessage()));
    }
  }

  private ObjectNode ledger(String cname) {
    Ledger ledger = sandbox.ledger();
    ObjectNode answer = json.createObjectNode();
    var recordings = cname.isEmpty() ? ledger.recordings() : ledger.recordings(cname);
    answer.set("recordings", json.valueToTree(recordings));
    answer.put("running", recordings.stream().filter(Ledger.Recording::runs).count());
    answer.set(
        "requests",
        json.valueToTree(
            ledger.requests().stream()
                .filter(request -> cname.isEmpty() || request.cname().equals(cname))
                .toList()));
    answer.set("notices", json.valueToTree(ledger.notices()));
    answer.set("mostRequestsInASecond", json.valueToTree(ledger.mostRequestsInASecond()));
    return answer;
  }

  private ObjectNode faults() {
    ObjectNode answer = json.createObjectNode();
    answer.set("queued", json.valueToTree(sandbox.faults().queued()));
    answer.set("notices", json.valueToTree(sandbox.faults().noticeRules()));
    return answer;
  }

  private ObjectNode addFaults(JsonNode body) {
    if (body instanceof ArrayNode several) {
      several.forEach(this::addFault);
    } else {
      addFault(body);
    }
    return faults();
  }

  private void addFault(JsonNode fault) {
    if (fault.has("operation")) {
      addOperationFault(fault);
    } else if (fault.has("domain")) {
      domain(fault);
    } else if (fault.has("notices")) {
      addNoticeFault(fault);
    } else {
      throw new IllegalArgumentException("a fault needs one of operation, domain, notices");
    }
  }

  private void addOperationFault(JsonNode wish) {
    String name = wish.path("operation").asString("");
    Operation operation =
        Arrays.stream(Operation.values())
            .filter(known -> known.word().equals(name))
            .findFirst()
            .orElse(null);
    if (operation == null && !name.equals("any")) {
      throw new IllegalArgumentException("no operation " + name);
    }
    sandbox.faults().add(operation, text(wish, "cname"), fault(wish));
  }

  private Fault fault(JsonNode wish) {
    String drop = wish.path("drop").asString("");
    Fault fault;
    if (wish.has("garbage")) {
      fault = Fault.answer(wish.path("status").asInt(200), wish.path("garbage").asString());
    } else if (wish.has("status")) {
      String body = wish.has("body") ? json.writeValueAsString(wish.get("body")) : "{}";
      fault = Fault.answer(wish.path("status").asInt(), body);
    } else if (!drop.isEmpty()) {
      fault = drop.equals("after") ? Fault.dropAfterWork() : Fault.drop();
    } else {
      fault = Fault.late(Duration.ZERO);
    }
    if (wish.path("afterWork").asBoolean(false)) {
      fault = fault.afterWork();
    }
    return fault.delayed(duration(wish, "delay", Duration.ZERO)).times(wish.path("times").asInt(1));
  }

  private void domain(JsonNode wish) {
    int domain = wish.path("domain").asInt(-1);
    if (domain < 0 || domain >= sandbox.ports().size()) {
      throw new IllegalArgumentException("domain is 0 to " + (sandbox.ports().size() - 1));
    }
    if (!wish.path("refuse").asBoolean(true)) {
      sandbox.reopen(domain);
    } else if (wish.has("for")) {
      sandbox.refuse(domain, duration(wish, "for", Duration.ZERO));
    } else if (sandbox.openDomains() > 1) {
      sandbox.refuse(domain);
    } else {
      throw new IllegalArgumentException("the last open domain needs a duration: for");
    }
  }

  private void addNoticeFault(JsonNode wish) {
    String kind = wish.path("notices").asString("");
    NoticeFault fault =
        kind.equals("silence") ? NoticeFault.LOSE : constant(NoticeFault.class, kind);
    Integer eventType = wish.has("eventType") ? wish.path("eventType").asInt() : null;
    int percent = wish.path("percent").asInt(100);
    Duration delay = duration(wish, "delay", Duration.ofSeconds(15));
    sandbox.faults().notices(fault, eventType, text(wish, "cname"), percent, delay);
  }

  private ObjectNode reset() {
    sandbox.reset();
    return faults();
  }

  private ObjectNode recorders(JsonNode body) {
    String cname = body.path("cname").asString("");
    String sid = body.path("sid").asString("");
    Duration gap = duration(body, "for", FAILOVER);
    int met =
        switch (body.path("action").asString("")) {
          case "failover" -> sandbox.each(cname, sid, (r, now) -> r.failOver(gap, now));
          case "kill" -> sandbox.each(cname, sid, (r, now) -> r.kill("killed", now));
          case "leave" -> sandbox.each(cname, sid, (r, now) -> r.leave("left", 16, now));
          case "stop" -> sandbox.each(cname, sid, Sandbox::stopped);
          case "reload" -> sandbox.each(cname, sid, (r, now) -> r.reload("audio_silence", now));
          case "idle" -> sandbox.each(cname, sid, (r, now) -> r.leave("idle", 4, now));
          default ->
              throw new IllegalArgumentException(
                  "action is failover, kill, leave, idle, stop or reload");
        };
    return json.createObjectNode().put("met", met);
  }

  private Object channel(JsonNode body) {
    String cname = text(body, "cname");
    if (cname == null) {
      throw new IllegalArgumentException("cname is missing");
    }
    var channel = sandbox.channel(cname);
    if (body.has("users")) {
      channel.has(body.path("users").valueStream().map(ControlApi::user).toArray(User[]::new));
    }
    if (body.has("page")) {
      channel.page(constant(Page.class, body.path("page").asString("")));
    }
    if (body.has("live")) {
      channel.live(body.path("live").asBoolean());
    }
    return sandbox.channels();
  }

  private static User user(JsonNode user) {
    long uid = Long.parseLong(user.path("uid").asString(""));
    return new User(
        Long.toString(uid),
        user.path("audio").asBoolean(true),
        user.path("video").asBoolean(true),
        user.path("host").asBoolean(true));
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String name) {
    return Enum.valueOf(type, name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  private static @Nullable String text(JsonNode node, String name) {
    return node.has(name) ? node.path(name).asString() : null;
  }

  private static Duration duration(JsonNode node, String name, Duration usual) {
    return node.has(name) ? DurationStyle.detectAndParse(node.path(name).asString()) : usual;
  }

  private static String parameter(String query, String name) {
    return Arrays.stream(query.split("&"))
        .filter(pair -> pair.startsWith(name + "="))
        .map(
            pair ->
                java.net.URLDecoder.decode(
                    pair.substring(name.length() + 1), java.nio.charset.StandardCharsets.UTF_8))
        .findFirst()
        .orElse("");
  }

  private Reply reply(int status, Object body) {
    return Reply.of(status, json.writeValueAsBytes(body));
  }
}
