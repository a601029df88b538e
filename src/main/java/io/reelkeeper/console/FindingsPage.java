package io.reelkeeper.console;

import io.reelkeeper.api.access.Caller;
import io.reelkeeper.console.look.Findings;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;

/// What is not where it belongs.
@Controller
class FindingsPage {

  private final Findings findings;

  FindingsPage(Findings findings) {
    this.findings = findings;
  }

  @GetMapping("/console/findings")
  String findings(
      @AuthenticationPrincipal Caller caller,
      @RequestHeader(name = "HX-Request", required = false) @Nullable String live,
      Model model) {
    List<Findings.Row> rows = findings.of(caller.apps());
    model.addAttribute("rows", rows);
    model.addAttribute("headline", headline(rows.size()));
    return live == null ? "console/findings" : "console/findings :: live";
  }

  private static String headline(int number) {
    if (number == 0) {
      return "All files that were looked for are where they belong";
    }
    return number == 1
        ? "The files of 1 recorder are not in order"
        : "The files of %d%s recorders are not in order"
            .formatted(number, number == Findings.MOST ? " or more" : "");
  }
}
