package io.reelkeeper.api.problem;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.stereotype.Component;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

/// Closes connections on which the head of a request drips in. The server's idle time-out does not:
/// each byte begins it anew. Bodies have a limit of their own, see `BodyLimit`.
@Component
class SlowRequests implements NettyServerCustomizer {

  private final RequestSettings settings;

  SlowRequests(RequestSettings settings) {
    this.settings = settings;
  }

  @Override
  public HttpServer apply(HttpServer server) {
    return server.doOnChannelInit((_, channel, _) -> watch(channel, settings.head()));
  }

  /// Bytes are seen before the codec, what they mean behind it.
  static void watch(Channel channel, Duration head) {
    ChannelPipeline pipeline = channel.pipeline();
    if (pipeline.get(NettyPipeline.HttpCodec) != null) {
      var heads = new Heads(head);
      pipeline.addBefore(NettyPipeline.HttpCodec, "reelkeeper.bytes", heads.new Bytes());
      pipeline.addAfter(NettyPipeline.HttpCodec, "reelkeeper.heads", heads);
    }
  }

  private static final class Heads extends ChannelInboundHandlerAdapter {
    private final Duration longest;
    private boolean inRequest;
    private @Nullable Future<?> end;

    Heads(Duration longest) {
      this.longest = longest;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof HttpRequest) {
        inRequest = true;
        forget();
      }
      if (message instanceof LastHttpContent) {
        inRequest = false;
      }
      context.fireChannelRead(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      forget();
      context.fireChannelInactive();
    }

    private void forget() {
      if (end != null) {
        end.cancel(false);
        end = null;
      }
    }

    private final class Bytes extends ChannelInboundHandlerAdapter {
      @Override
      public void channelRead(ChannelHandlerContext context, Object message) {
        if (!inRequest && end == null) {
          end =
              context
                  .executor()
                  .schedule(() -> context.close(), longest.toMillis(), TimeUnit.MILLISECONDS);
        }
        context.fireChannelRead(message);
      }
    }
  }
}
