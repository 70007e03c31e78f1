package io.secateur.prune;

import io.secateur.nn.Architecture;
import io.secateur.nn.Channel;
import io.secateur.nn.CouplingGroup;
import io.secateur.nn.CouplingGroups;
import io.secateur.nn.Layer;
import io.secateur.nn.Node;
import io.secateur.nn.OwnNorm;
import io.secateur.nn.Stage;
import io.secateur.nn.Stages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Lists the units of an architecture that a search may prune. */
public final class PruningUnits {
  private PruningUnits() {}

  /**
   * The units of {@code kind} in the last {@code stages} stages of equal resolution; 0 means all
   * stages.
   *
   * @throws NoSuchUnits if there are none
   */
  public static PruningSpace of(Architecture architecture, UnitKind kind, int stages) {
    Set<String> scope = scope(architecture, stages);
    List<PruningUnit> units =
        kind == UnitKind.BATCH_NORM
            ? singles(architecture, scope)
            : groups(architecture, kind, scope);
    if (units.isEmpty()) {
      throw new NoSuchUnits(
          architecture.name()
              + " has no units of kind "
              + shown(kind)
              + (stages == 0 ? " in any stage" : " in its last " + stages + " stages")
              + "; expected "
              + Arrays.stream(UnitKind.values())
                  .filter(other -> other != kind)
                  .map(PruningUnits::shown)
                  .collect(Collectors.joining(", "))
              + (stages == 0 ? "" : " or other stages"));
    }
    return new PruningSpace(architecture, units);
  }

  /** The same, or nothing if there are none. */
  public static Optional<PruningSpace> ifAny(Architecture architecture, UnitKind kind, int stages) {
    try {
      return Optional.of(of(architecture, kind, stages));
    } catch (NoSuchUnits e) {
      return Optional.empty();
    }
  }

  private static String shown(UnitKind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Set<String> scope(Architecture architecture, int stages) {
    List<Stage> all = Stages.of(architecture);
    int first = stages == 0 ? 0 : Math.max(0, all.size() - stages);
    Set<String> scope = new HashSet<>();
    all.subList(first, all.size()).forEach(stage -> scope.addAll(stage.nodes()));
    return scope;
  }

  /**
   * Every batch-norm channel by itself, but for those of the image and of the class scores; where a
   * convolution's channels meet no batch norm, these.
   */
  private static List<PruningUnit> singles(Architecture architecture, Set<String> scope) {
    CouplingGroups groups = CouplingGroups.of(architecture);
    List<PruningUnit> units = new ArrayList<>();
    for (Node node : architecture.nodes()) {
      if (!scope.contains(node.name())) {
        continue;
      }
      for (int c = 0; c < node.output().channels(); c++) {
        Channel channel = new Channel(node.name(), c);
        boolean own = node.layer() instanceof Layer.BatchNorm && groups.groupOf(channel).prunable();
        if (node.layer() instanceof Layer.Conv2d) {
          CouplingGroup group = groups.groupOf(channel);
          own = group.prunable() && group.norms().isEmpty() && group.writers().contains(channel);
        }
        if (own) {
          units.add(new PruningUnit(List.of(channel)));
        }
      }
    }
    return units;
  }

  /**
   * Coupling groups: what must be zero for the channel to be gone are its batch norms and what has
   * none, depthwise convolutions with a bias among them.
   */
  private static List<PruningUnit> groups(
      Architecture architecture, UnitKind kind, Set<String> scope) {
    CouplingGroups all = CouplingGroups.of(architecture);
    boolean stream =
        kind == UnitKind.STREAM
            || kind == UnitKind.FILTER && !all.ofKind(CouplingGroup.Kind.STREAM).isEmpty();
    List<PruningUnit> units = new ArrayList<>();
    for (CouplingGroup group :
        all.ofKind(stream ? CouplingGroup.Kind.STREAM : CouplingGroup.Kind.INNER)) {
      if (!group.writers().isEmpty()
          && group.writers().stream().allMatch(w -> scope.contains(w.node()))) {
        List<Channel> channels = new ArrayList<>(group.norms());
        for (Channel member : group.members()) {
          boolean norm = architecture.node(member.node()).layer() instanceof Layer.BatchNorm;
          if (!norm && OwnNorm.of(architecture, member.node()).isEmpty()) {
            channels.add(member);
          }
        }
        units.add(new PruningUnit(channels));
      }
    }
    return units;
  }
}
