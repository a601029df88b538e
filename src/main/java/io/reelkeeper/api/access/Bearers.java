package io.reelkeeper.api.access;

import io.reelkeeper.api.problem.Problem;
import io.reelkeeper.api.problem.ProblemException;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.ReactiveAuthenticationManager;
import org.springframework.security.authentication.ReactiveAuthenticationManagerResolver;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/// Who sent what stands behind `Bearer`: first the keys, which are in memory, then the tokens, so
/// that no key ever waits for an issuer.
@Component
class Bearers implements ReactiveAuthenticationManagerResolver<ServerWebExchange> {

  private final ApiKeys keys;
  private final Tokens tokens;
  private final WrongKeys wrongKeys;

  Bearers(ApiKeys keys, Tokens tokens, WrongKeys wrongKeys) {
    this.keys = keys;
    this.tokens = tokens;
    this.wrongKeys = wrongKeys;
  }

  @Override
  public Mono<ReactiveAuthenticationManager> resolve(ServerWebExchange exchange) {
    InetSocketAddress remote = exchange.getRequest().getRemoteAddress();
    return Mono.just(
        presented ->
            presented.getCredentials() instanceof String bearer
                ? authenticate(remote, bearer)
                : Mono.error(new BadCredentialsException("nothing was presented")));
  }

  private Mono<Authentication> authenticate(@Nullable InetSocketAddress remote, String bearer) {
    Optional<Authentication> byKey = keys.find(bearer);
    if (byKey.isPresent() || !tokens.mayBe(bearer)) {
      return Mono.justOrEmpty(judged(remote, byKey))
          .switchIfEmpty(Mono.error(new BadCredentialsException("The key is not known here.")));
    }
    return tokens
        .read(bearer)
        .onErrorMap(
            BadJwtException.class,
            wrong -> {
              judged(remote, Optional.empty());
              return new ProblemException(Problem.UNAUTHORIZED, Tokens.reason(wrong))
                  .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"");
            });
  }

  /// A right token is always heard: unlike a key, none can be found by guessing.
  private Optional<Authentication> judged(
      @Nullable InetSocketAddress remote, Optional<Authentication> found) {
    String caller =
        found
            .map(Authentication::getPrincipal)
            .map(Caller.class::cast)
            .map(Caller::name)
            .orElse(null);
    wrongKeys.admit(remote, caller);
    return found;
  }
}
