package io.reelkeeper.bench;

import io.reelkeeper.bench.ground.Database;
import io.reelkeeper.bench.ground.Ground;
import io.reelkeeper.bench.ground.Load;
import io.reelkeeper.bench.ground.Service;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/// What this machine can do at all; it goes before every run.
final class Yardsticks implements Phase {

  private static final int CONCURRENCY = 8;

  @Override
  public void measure(Ground ground) throws Exception {
    List<Integer> numbers = IntStream.range(0, ground.scaled(4_000)).boxed().toList();
    try (Database database = ground.postgres().database("yardstick")) {
      var committing = ThreadLocal.withInitial(database::inserts);
      Load commits =
          measured(
              numbers,
              number -> {
                committing.get().run();
                return new UUID(0, number);
              });
      ground.table().commits(commits.median(), commits.perSecond());
      tell(ground, "commit of one row, 8 clients", commits);
    }
    DisposableServer bare = bareHandler();
    try (Service client = ground.service("no-service")) {
      URI uri = URI.create("http://127.0.0.1:" + bare.port() + "/");
      Load posts =
          measured(
              numbers,
              number -> {
                client.post(uri, "{\"channel\": \"room\"}", 200);
                return new UUID(0, number);
              });
      tell(ground, "POST to a bare WebFlux handler, 8 clients", posts);
    } finally {
      bare.disposeNow();
    }
  }

  private static void tell(Ground ground, String what, Load load) {
    ground.table().row(what + ", p50", load.median(), "ms");
    ground.table().row(what + ", p99", load.percentile(99), "ms");
    ground.table().row("  of these per second", load.perSecond(), "/s");
  }

  private static DisposableServer bareHandler() {
    var route =
        RouterFunctions.route()
            .POST(
                "/",
                request -> request.bodyToMono(String.class).flatMap(ServerResponse.ok()::bodyValue))
            .build();
    return HttpServer.create()
        .port(0)
        .handle(new ReactorHttpHandlerAdapter(RouterFunctions.toHttpHandler(route)))
        .bindNow();
  }

  /// The second of two equal loads: the first one is for the compilers.
  private static <T> Load measured(List<T> work, Load.Step<T> step) throws Exception {
    Load.of(CONCURRENCY, work, step);
    return Load.of(CONCURRENCY, work, step);
  }
}
