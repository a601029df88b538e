package io.reelkeeper.bench.ground;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.zaxxer.hikari.HikariDataSource;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.Executors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import tools.jackson.databind.json.JsonMapper;

/// How notifications are usually taken in: check the signature, insert one row, answer.
///
/// Bare WebFlux, virtual threads, sixteen connections; nothing of the service, and nobody who works
/// through what came.
public final class OneByOne implements AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();

  private final HikariDataSource pool = new HikariDataSource();
  private final JdbcClient jdbc = JdbcClient.create(pool);
  private final Scheduler threads =
      Schedulers.fromExecutorService(Executors.newVirtualThreadPerTaskExecutor());
  private final DisposableServer server;

  public OneByOne(Database database) {
    pool.setJdbcUrl(database.adminUrl());
    pool.setMaximumPoolSize(16);
    jdbc.sql(
            """
            create table if not exists bench.one_by_one (
              notice_id uuid primary key, received_at timestamptz not null, body bytea not null,
              event_type int not null, sid text not null, due_at timestamptz)
            """)
        .update();
    jdbc.sql("create index on bench.one_by_one (due_at)").update();
    jdbc.sql("create index on bench.one_by_one (sid, received_at)").update();
    var route = RouterFunctions.route().POST("/webhooks/agora/{app}", this::take).build();
    server =
        HttpServer.create()
            .port(0)
            .handle(new ReactorHttpHandlerAdapter(RouterFunctions.toHttpHandler(route)))
            .bindNow();
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  private Mono<ServerResponse> take(ServerRequest request) {
    String signature = request.headers().firstHeader("Agora-Signature-V2");
    return request
        .bodyToMono(byte[].class)
        .publishOn(threads)
        .map(body -> isValid(body, String.valueOf(signature)) ? keep(body) : 401)
        .flatMap(status -> ServerResponse.status(status).bodyValue("{}"));
  }

  private int keep(byte[] body) {
    var notice = JSON.readTree(body);
    String id = notice.path("noticeId").asString();
    jdbc.sql(
            """
            insert into bench.one_by_one values (?::uuid, now(), ?, ?, ?, now())
            on conflict do nothing
            """)
        .params(id, body, notice.path("eventType").asInt(), notice.path("sid").asString())
        .update();
    return 200;
  }

  private static boolean isValid(byte[] body, String signature) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(Setting.WEBHOOK_SECRET.getBytes(UTF_8), "HmacSHA256"));
      return MessageDigest.isEqual(mac.doFinal(body), HexFormat.of().parseHex(signature));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.disposeNow();
    threads.dispose();
    pool.close();
  }
}
