package io.reelkeeper.console.login;

import io.reelkeeper.api.access.ApiKeys;
import io.reelkeeper.api.access.WrongKeys;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ServerWebExchange;

/// The way in and the way out.
@Controller
class LoginPage {

  private static final String HOME = "/console";

  /// Nothing that a browser could take for another host.
  private static final Pattern OURS = Pattern.compile("/console(?:[/?][\\w/?=&%.,:~+-]*)?");

  private final Logins logins;
  private final ApiKeys keys;
  private final WrongKeys wrongKeys;

  LoginPage(Logins logins, ApiKeys keys, WrongKeys wrongKeys) {
    this.logins = logins;
    this.keys = keys;
    this.wrongKeys = wrongKeys;
  }

  /// @param next where the operator wanted to go
  record Attempt(@Nullable String key, @Nullable String next) {}

  @GetMapping("/console/login")
  String ask(@RequestParam(required = false) @Nullable String next, Model model) {
    return page(next, false, model);
  }

  @PostMapping("/console/login")
  String login(
      @ModelAttribute(binding = true) Attempt attempt, Model model, ServerWebExchange exchange) {
    String key = attempt.key() == null ? "" : attempt.key().strip();
    Optional<ApiKeys.Holder> holder = keys.holder(key);
    wrongKeys.admit(
        exchange.getRequest().getRemoteAddress(),
        holder.map(it -> it.caller().name()).orElse(null));
    Optional<ResponseCookie> cookie = holder.flatMap(it -> logins.begin(it, exchange.getRequest()));
    if (cookie.isEmpty()) {
      exchange.getResponse().setStatusCode(HttpStatus.UNAUTHORIZED);
      return page(attempt.next(), true, model);
    }
    exchange.getResponse().addCookie(cookie.get());
    return "redirect:" + ours(attempt.next());
  }

  @PostMapping("/console/logout")
  String logout(ServerWebExchange exchange) {
    exchange.getResponse().addCookie(logins.end(exchange.getRequest()));
    return "redirect:/console/login";
  }

  private String page(@Nullable String next, boolean wrong, Model model) {
    model.addAttribute("next", ours(next));
    model.addAttribute("wrong", wrong);
    model.addAttribute("available", logins.available());
    return "console/login";
  }

  private static String ours(@Nullable String next) {
    return next != null && OURS.matcher(next).matches() ? next : HOME;
  }
}
