package io.reelkeeper.api.problem;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Ends a request to the API whose body is longer than any that makes sense, announced or not, and
/// any request whose body does not come to its end in time.
@Component
class BodyLimit implements WebFilter {

  /// The contract's 64 KiB: many times the longest sensible start request.
  static final long BYTES = 64 * 1024;

  private final RequestSettings settings;

  BodyLimit(RequestSettings settings) {
    this.settings = settings;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request = exchange.getRequest();
    boolean isShort = request.getURI().getPath().startsWith("/v1/"); // decoded, as handlers see it
    if (isShort && request.getHeaders().getContentLength() > BYTES) {
      return Mono.error(tooLarge());
    }
    var watched = new Watched(request, isShort ? BYTES : Long.MAX_VALUE, settings.body());
    return chain.filter(exchange.mutate().request(watched).build());
  }

  private static ProblemException tooLarge() {
    return new ProblemException(Problem.PAYLOAD_TOO_LARGE, "The body is larger than 64 KiB.");
  }

  private static ProblemException tooSlow() {
    return new ProblemException(Problem.TOO_SLOW, "The body of the request did not come in time.")
        .header(HttpHeaders.CONNECTION, "close");
  }

  /// A body that was not announced (chunked) is counted while it arrives.
  private static final class Watched extends ServerHttpRequestDecorator {

    private final long longest;
    private final Duration slowest;

    Watched(ServerHttpRequest request, long longest, Duration slowest) {
      super(request);
      this.longest = longest;
      this.slowest = slowest;
    }

    @Override
    public Flux<DataBuffer> getBody() {
      var seen = new AtomicLong();
      return super.getBody()
          .<DataBuffer>handle(
              (buffer, sink) -> {
                if (seen.addAndGet(buffer.readableByteCount()) > longest) {
                  DataBufferUtils.release(buffer);
                  sink.error(tooLarge());
                } else {
                  sink.next(buffer);
                }
              })
          .takeUntilOther(Mono.delay(slowest).then(Mono.error(BodyLimit::tooSlow)));
    }
  }
}
