package io.reelkeeper.console;

import io.reelkeeper.api.access.Caller;
import io.reelkeeper.console.look.Board;
import io.reelkeeper.console.look.Room;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;

/// What is recorded now, and what is wrong.
@Controller
class BoardPage {

  private final Board board;
  private final Room room;

  BoardPage(Board board, Room room) {
    this.board = board;
    this.room = room;
  }

  @GetMapping("/console")
  String board(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String app,
      @RequestParam(required = false) @Nullable String status,
      @RequestParam(required = false) @Nullable String channel,
      @RequestHeader(name = "HX-Request", required = false) @Nullable String live,
      Model model) {
    var filter = new Board.Filter(app, status, channel);
    List<String> apps = room.apps(caller::mayUse);
    model.addAttribute("filter", filter);
    model.addAttribute("apps", apps);
    model.addAttribute("seen", board.look(caller.apps(), filter));
    model.addAttribute(
        "rooms",
        room.of(
            apps.stream().filter(it -> filter.app() == null || it.equals(filter.app())).toList()));
    return live == null ? "console/board" : "console/board :: live";
  }
}
