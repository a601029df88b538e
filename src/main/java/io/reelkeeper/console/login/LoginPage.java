package io.reelkeeper.console.login;

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

  LoginPage(Logins logins) {
    this.logins = logins;
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
    Optional<ResponseCookie> cookie = logins.begin(key, exchange.getRequest());
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
