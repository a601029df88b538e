package io.reelkeeper.api.problem;

import java.util.concurrent.atomic.AtomicLong;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Ends a request to the API whose body is longer than any that makes sense, announced or not.
@Component
class BodyLimit implements WebFilter {

  /// The contract's 64 KiB: many times the longest sensible start request.
  static final long BYTES = 64 * 1024;

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request = exchange.getRequest();
    if (!request.getPath().value().startsWith("/v1/")) {
      return chain.filter(exchange);
    }
    if (request.getHeaders().getContentLength() > BYTES) {
      return Mono.error(tooLarge());
    }
    return chain.filter(exchange.mutate().request(new Capped(request)).build());
  }

  private static ProblemException tooLarge() {
    return new ProblemException(Problem.PAYLOAD_TOO_LARGE, "The body is larger than 64 KiB.");
  }

  /// A body that was not announced (chunked) is counted while it arrives.
  private static final class Capped extends ServerHttpRequestDecorator {

    Capped(ServerHttpRequest request) {
      super(request);
    }

    @Override
    public Flux<DataBuffer> getBody() {
      var seen = new AtomicLong();
      return super.getBody()
          .handle(
              (buffer, sink) -> {
                if (seen.addAndGet(buffer.readableByteCount()) > BYTES) {
                  DataBufferUtils.release(buffer);
                  sink.error(tooLarge());
                } else {
                  sink.next(buffer);
                }
              });
    }
  }
}
