package io.reelkeeper.bench.ground;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reelkeeper.sandbox.http.Call;
import io.reelkeeper.sandbox.http.Reply;
import io.reelkeeper.sandbox.http.SandboxServer;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An Agora that grants everything, finds every recorder well, and remembers when it was asked.
///
/// It knows no recordings, so that any number of them costs it nothing.
public final class QuickAgora implements AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();

  /// One request as it arrived.
  ///
  /// @param millis on the clock of the wall
  /// @param nanos on the clock that only runs
  /// @param about the channel of an acquire or start, else the sid
  public record Arrival(String appId, String operation, String about, long millis, long nanos) {}

  private final Queue<Arrival> arrivals = new ConcurrentLinkedQueue<>();
  private final AtomicLong number = new AtomicLong();
  private final SandboxServer server =
      new SandboxServer("127.0.0.1", List.of(0, 0, 0), System::nanoTime, this::answer);

  public QuickAgora() {
    server.open();
  }

  public List<URI> domains() {
    return server.ports().stream().map(port -> URI.create("http://127.0.0.1:" + port)).toList();
  }

  /// Those since the last call of this method.
  public List<Arrival> arrivals() {
    var taken = new ArrayList<Arrival>();
    for (Arrival next = arrivals.poll(); next != null; next = arrivals.poll()) {
      taken.add(next);
    }
    return taken;
  }

  /// Paths: `/v1/apps/{app}/cloud_recording/acquire`, and
  /// `…/resourceid/{id}[/sid/{sid}]/mode/{mode}/{operation}`.
  private Reply answer(Call call) {
    List<String> path = List.of(call.path().split("/"));
    String operation = path.getLast();
    int sid = path.indexOf("sid");
    JsonNode body = call.body().length == 0 ? JSON.missingNode() : JSON.readTree(call.body());
    String cname = body.path("cname").asString("");
    String about = sid < 0 ? cname : path.get(sid + 1);
    long late = System.nanoTime() - call.nanos();
    arrivals.add(
        new Arrival(
            path.get(3),
            operation,
            about,
            System.currentTimeMillis() - late / 1_000_000,
            call.nanos()));
    String who = "\"cname\":\"%s\",\"uid\":\"%s\"".formatted(cname, body.path("uid").asString(""));
    String answer =
        switch (operation) {
          case "acquire" -> "{%s,\"resourceId\":\"resource-%d\"}".formatted(who, unique());
          case "start" ->
              "{%s,\"resourceId\":\"%s\",\"sid\":\"%032x\"}"
                  .formatted(who, path.get(path.indexOf("resourceid") + 1), unique());
          case "stop" ->
              """
              {"sid":"%s","serverResponse":{"fileListMode":"string","fileList":"%s.m3u8",
               "uploadingStatus":"uploaded"}}
              """
                  .formatted(about, about);
          default ->
              """
              {"sid":"%s","serverResponse":{"status":5,"fileListMode":"string",
               "fileList":"%s.m3u8","sliceStartTime":1764000000000}}
              """
                  .formatted(about, about);
        };
    return Reply.of(200, answer.getBytes(UTF_8));
  }

  private long unique() {
    return number.incrementAndGet();
  }

  @Override
  public void close() {
    server.close();
  }
}
