package io.reelkeeper.sandbox;

import static io.reelkeeper.sandbox.Answer.echo;
import static io.reelkeeper.sandbox.Answer.error;

import io.reelkeeper.sandbox.Faults.Operation;
import io.reelkeeper.sandbox.Gateway.Route;
import io.reelkeeper.sandbox.Recorders.Resource;
import io.reelkeeper.sandbox.SandboxSettings.App;
import io.reelkeeper.sandbox.http.Call;
import io.reelkeeper.sandbox.recorder.Order;
import io.reelkeeper.sandbox.recorder.Recorder;
import io.reelkeeper.sandbox.rules.Rules;
import io.reelkeeper.sandbox.rules.StartRules;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The calls themselves: what the service refuses, in its order, and what it answers.
final class Operations {

  private static final JsonNode NO_BODY = JsonNodeFactory.instance.missingNode();

  private final Map<String, App> apps;
  private final Recorders recorders;
  private final Channels channels;
  private final Clockwork time;
  private final Duration stopTimeout;
  private final JsonMapper json;

  Operations(
      Map<String, App> apps,
      Recorders recorders,
      Channels channels,
      Clockwork time,
      Duration stopTimeout,
      JsonMapper json) {
    this.apps = apps;
    this.recorders = recorders;
    this.channels = channels;
    this.time = time;
    this.stopTimeout = stopTimeout;
    this.json = json;
  }

  /// The body of a request, or a missing node if there is none that can be read.
  JsonNode read(Call call) {
    boolean isJson =
        call.contentType().replace(" ", "").toLowerCase().startsWith("application/json");
    if (call.body().length == 0 || !isJson) {
      return NO_BODY;
    }
    try {
      return json.readTree(call.body());
    } catch (JacksonException e) {
      return NO_BODY;
    }
  }

  /// The channel that a request is about, or empty.
  String cname(Route route, JsonNode body) {
    if (!route.sid().isEmpty() && body.path("cname").isMissingNode()) {
      return time.look(
          now -> {
            Recorder recorder = recorders.bySid(route.sid());
            return recorder == null ? "" : recorder.order().cname();
          });
    }
    return body.path("cname").asString(route.cname());
  }

  Answer perform(String app, Route route, JsonNode body) {
    return switch (route.operation()) {
      case QUERY -> time.look(now -> query(app, route, now));
      case PRESENCE ->
          time.look(now -> Answer.presence(channels.of(route.cname()), route.hostsOnly()));
      case ACQUIRE, START, UPDATE, UPDATE_LAYOUT -> change(app, route, body);
      case STOP -> stop(app, route, body);
    };
  }

  private Answer change(String app, Route route, JsonNode body) {
    Answer wrong = wrong(route.operation(), body);
    if (wrong != null) {
      return wrong;
    }
    JsonNode request = body.path("clientRequest");
    String cname = body.path("cname").asString();
    String uid = body.path("uid").asString();
    return time.change(
        now ->
            switch (route.operation()) {
              case ACQUIRE -> acquire(app, cname, uid, request, now);
              case START -> start(app, route, cname, uid, request, now);
              case UPDATE -> update(app, route, body, request, now);
              default -> updateLayout(app, route, body, request, now);
            });
  }

  private static @Nullable Answer wrong(Operation operation, JsonNode body) {
    if (body.isMissingNode()) {
      return error(400, 8, "invalid http request");
    }
    return refusedIf(Rules.identity(title(operation), body));
  }

  private Answer acquire(String app, String cname, String uid, JsonNode request, Instant now) {
    Answer wrong = refusedIf(Rules.acquire(request));
    if (wrong != null) {
      return wrong;
    }
    boolean web = request.path("scene").asInt(0) == 1;
    if (!Rules.isChannelName(cname, web)) {
      return error(400, 401, "invalid_channel_name");
    }
    if (!apps.containsKey(app) || !recorders.workerFree(app, web, cname, uid, now)) {
      return error(400, 406, "vendor_over_load");
    }
    Resource resource = recorders.acquire(app, cname, uid, request, now);
    ObjectNode answer = Answer.object().put("cname", cname).put("uid", uid);
    return new Answer(200, answer.put("resourceId", resource.id()));
  }

  private Answer start(
      String app, Route route, String cname, String uid, JsonNode request, Instant now) {
    Resource resource = recorders.resource(route.resourceId());
    Answer foreign = foreign(resource, app, cname, uid);
    if (foreign != null || resource == null) {
      return foreign == null ? unparsable() : foreign;
    }
    Recorder running = resource.sid().isEmpty() ? null : recorders.bySid(resource.sid());
    if (running != null && !running.ended()) {
      return error(201, 7, "already started");
    }
    if (!resource.sid().isEmpty() || resource.expired(now)) {
      return error(400, 433, "resource expired");
    }
    Answer refused = refusedIf(StartRules.refusal(route.mode(), resource.scene(), request));
    if (refused != null) {
      return refused;
    }
    JsonNode hint = resource.startParameter();
    if (hint != null && !hint.equals(request)) {
      return error(400, 2, "request_hash mismatch!");
    }
    if (recorders.conflicts(app, cname, uid)) {
      return error(400, 53, "task conflict");
    }
    if (route.mode().equals("web") && !recorders.pageFits(app, Order.pixels(request))) {
      return error(400, 406, "vendor_over_load");
    }
    return new Answer(200, echo(recorders.start(resource, route.mode(), request, now).order()));
  }

  private Answer query(String app, Route route, Instant now) {
    return onRecorder(
        app,
        route,
        NO_BODY,
        recorder -> recorder.reachable(now),
        recorder ->
            new Answer(200, echo(recorder.order()).set("serverResponse", Answer.status(recorder))));
  }

  private Answer update(String app, Route route, JsonNode body, JsonNode request, Instant now) {
    return onRecorder(
        app,
        route,
        body,
        recorder -> recorder.reachable(now),
        recorder -> {
          boolean pushes = recorder.state().pushedTo() != null;
          Answer wrong = refusedIf(Rules.update(route.mode(), request, pushes));
          if (wrong != null) {
            return wrong;
          }
          if (request.has("streamSubscribe")) {
            recorder.subscribe(request.path("streamSubscribe"), now);
          }
          if (request.has("webRecordingConfig")) {
            recorder.hold(request.path("webRecordingConfig").path("onhold").asBoolean(false), now);
          }
          if (request.has("rtmpPublishConfig")) {
            JsonNode outputs = request.path("rtmpPublishConfig").path("outputs");
            recorder.push(outputs.path(0).path("rtmpUrl").asString(), now);
          }
          if (request.has("storageConfig")) {
            recorder.storeWith(request.path("storageConfig"));
          }
          return new Answer(200, echo(recorder.order()));
        });
  }

  private Answer updateLayout(
      String app, Route route, JsonNode body, JsonNode request, Instant now) {
    return onRecorder(
        app,
        route,
        body,
        recorder -> recorder.reachable(now),
        recorder -> {
          String refusal = Rules.updateLayout(request);
          return refusal == null
              ? new Answer(200, echo(recorder.order()))
              : error(400, 1028, refusal);
        });
  }

  private Answer stop(String app, Route route, JsonNode body) {
    Answer wrong = wrong(Operation.STOP, body);
    Answer refused = wrong == null ? refusedIf(Rules.stop(body.path("clientRequest"))) : wrong;
    if (refused != null) {
      return refused;
    }
    boolean async = body.path("clientRequest").path("async_stop").asBoolean(false);
    Recorder[] stopping = new Recorder[1];
    Answer first =
        time.change(
            now ->
                onRecorder(
                    app,
                    route,
                    body,
                    recorder -> recorder.reachable(now) || recorder.ended(),
                    recorder -> {
                      if (recorder.ended() || recorder.state().leaving()) {
                        ObjectNode echo = echo(recorder.order());
                        return new Answer(
                            400, echo.put("code", 49).put("reason", "invalid operation"));
                      }
                      stopping[0] = recorder;
                      recorder.stop(!async, now);
                      return Answer.stopped(recorder);
                    }));
    Recorder recorder = stopping[0];
    return recorder == null || async ? first : settled(recorder);
  }

  /// A synchronous stop waits until the files are up, but not for ever.
  private Answer settled(Recorder recorder) {
    try {
      recorder.gone().get(stopTimeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return error(206, 50, "upload timeout"); // no status is documented for this code
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return time.look(now -> Answer.stopped(recorder));
  }

  /// Finds the recorder of a control call; one that is not there, or not reachable, has no worker.
  private Answer onRecorder(
      String app,
      Route route,
      JsonNode body,
      Predicate<Recorder> found,
      Function<Recorder, Answer> then) {
    Resource resource = recorders.resource(route.resourceId());
    if (resource == null) {
      return unparsable();
    }
    Answer foreign =
        body.isMissingNode()
            ? foreign(resource, app, resource.cname(), resource.uid())
            : foreign(resource, app, body.path("cname").asString(), body.path("uid").asString());
    if (foreign != null) {
      return foreign;
    }
    Recorder recorder = recorders.bySid(route.sid());
    if (recorder != null && !recorder.order().resourceId().equals(resource.id())) {
      return error(400, 1003, "resourceid does not match appid or sid");
    }
    boolean there =
        recorder != null
            && recorder.order().mode().equals(route.mode())
            && !recorder.state().forgotten()
            && found.test(recorder);
    if (recorder == null || !there) {
      return error(404, 404, "failed to find worker");
    }
    return then.apply(recorder);
  }

  private static @Nullable Answer foreign(
      @Nullable Resource resource, String app, String cname, String uid) {
    if (resource == null) {
      return unparsable();
    }
    if (!resource.app().equals(app)) {
      return error(400, 1003, "resourceid does not match appid or sid");
    }
    return resource.cname().equals(cname) && resource.uid().equals(uid)
        ? null
        : error(400, 432, "resourceid does not match cname or uid");
  }

  private static Answer unparsable() {
    return error(400, 1001, "failed to parse resourceid");
  }

  private static @Nullable Answer refusedIf(@Nullable String reason) {
    return reason == null ? null : error(400, 2, reason);
  }

  private static String title(Operation operation) {
    String word = operation.word();
    return Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }
}
