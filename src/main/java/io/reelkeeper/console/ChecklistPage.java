package io.reelkeeper.console;

import io.reelkeeper.api.access.Caller;
import io.reelkeeper.checklist.Checklist;
import io.reelkeeper.checklist.Checklists;
import io.reelkeeper.console.look.Room;
import java.util.List;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/// Agora's integration checklist of every app, as far as real recordings have ticked it.
///
/// It asks Agora's domains whether they answer, so it is not looked at again by itself.
@Controller
class ChecklistPage {

  private final Checklists checklists;
  private final Room room;

  ChecklistPage(Checklists checklists, Room room) {
    this.checklists = checklists;
    this.room = room;
  }

  @GetMapping("/console/checklist")
  String checklist(@AuthenticationPrincipal Caller caller, Model model) {
    List<Checklist> apps = room.apps(caller::mayUse).stream().map(checklists::of).toList();
    long open =
        apps.stream().flatMap(it -> it.items().stream()).filter(ChecklistPage::open).count();
    boolean wrong =
        apps.stream().flatMap(it -> it.items().stream()).anyMatch(it -> it.state().equals("wrong"));
    model.addAttribute("apps", apps);
    model.addAttribute("weight", wrong ? "alarm" : open > 0 ? "warning" : "well");
    model.addAttribute(
        "headline",
        open == 0
            ? "Every point is ticked"
            : open + (open == 1 ? " point is" : " points are") + " open");
    return "console/checklist";
  }

  private static boolean open(Checklist.Item item) {
    return !item.state().equals("done");
  }
}
