package io.reelkeeper.console;

import io.reelkeeper.api.access.Caller;
import io.reelkeeper.api.access.Role;
import java.security.Principal;
import java.util.List;
import java.util.Objects;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.server.csrf.CsrfToken;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/// What every page needs: who looks at it, and what its forms must repeat.
@ControllerAdvice("io.reelkeeper.console")
class EveryPage {

  /// @param operates whether buttons are shown
  record Me(String name, boolean operates) {

    static Me of(Authentication who) {
      List<String> roles = who.getAuthorities().stream().map(Object::toString).toList();
      return new Me(
          ((Caller) Objects.requireNonNull(who.getPrincipal())).name(),
          roles.contains(Role.OPERATE.name()));
    }
  }

  @ModelAttribute
  Mono<Void> all(Model model, ServerWebExchange exchange) {
    String path = exchange.getRequest().getPath().value();
    String query = exchange.getRequest().getURI().getRawQuery();
    model.addAttribute("path", path);
    model.addAttribute("self", query == null ? path : path + "?" + query);
    Mono<Principal> who = exchange.getPrincipal();
    return who.ofType(Authentication.class)
        .doOnNext(it -> model.addAttribute("me", Me.of(it)))
        .then(token(exchange))
        .doOnNext(it -> model.addAttribute("csrf", it.getToken()))
        .then();
  }

  private static Mono<CsrfToken> token(ServerWebExchange exchange) {
    Mono<CsrfToken> token = exchange.getAttribute(CsrfToken.class.getName());
    return token == null ? Mono.empty() : token;
  }
}
