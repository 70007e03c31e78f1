package io.secateur.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Splits a network where its resolution changes. Stage 1 of a residual network thus holds its stem
 * too, and in pre-activation networks the batch norm before a stride belongs to the stage it reads.
 * Layers behind a global pool (classifiers, squeeze-and-excitation gates) belong to no stage.
 */
public final class Stages {
  private Stages() {}

  /** The stages of {@code architecture}, from input to output. */
  public static List<Stage> of(Architecture architecture) {
    List<List<Node>> runs = new ArrayList<>();
    Set<String> pooled = new HashSet<>();
    for (Node node : architecture.nodes()) {
      boolean behind = !node.inputs().isEmpty() && pooled.containsAll(node.inputs());
      if (behind
          || node.layer() instanceof Layer.GlobalAveragePool
          || node.layer() instanceof Layer.Flatten) {
        pooled.add(node.name());
      } else if (node.layer() instanceof Layer.Conv2d || node.layer() instanceof Layer.BatchNorm) {
        if (runs.isEmpty() || !sameResolution(runs.get(runs.size() - 1).get(0), node)) {
          runs.add(new ArrayList<>());
        }
        runs.get(runs.size() - 1).add(node);
      }
    }
    List<String> names = names(runs);
    List<Stage> stages = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      FeatureShape shape = runs.get(i).get(0).output();
      List<String> nodes = runs.get(i).stream().map(Node::name).toList();
      stages.add(new Stage(names.get(i), shape.height(), shape.width(), nodes));
    }
    return stages;
  }

  private static boolean sameResolution(Node a, Node b) {
    return a.output().height() == b.output().height() && a.output().width() == b.output().width();
  }

  /** The commonest first name part of each run, if these differ; else stage1, stage2, … */
  private static List<String> names(List<List<Node>> runs) {
    List<String> all = runs.stream().flatMap(List::stream).map(Node::name).toList();
    int skipped = Recognition.commonPrefix(all).length();
    List<String> names = new ArrayList<>();
    for (List<Node> run : runs) {
      Map<String, Integer> counts = new LinkedHashMap<>();
      for (Node node : run) {
        counts.merge(node.name().substring(skipped).split("\\.", 2)[0], 1, Integer::sum);
      }
      String commonest = "";
      for (Map.Entry<String, Integer> part : counts.entrySet()) {
        commonest = part.getValue() > counts.getOrDefault(commonest, 0) ? part.getKey() : commonest;
      }
      names.add(commonest);
    }
    boolean telling =
        new HashSet<>(names).size() == names.size() && names.stream().noneMatch(Stages::isNumber);
    if (!telling) {
      String[] numbered = new String[runs.size()];
      Arrays.setAll(numbered, i -> "stage" + (i + 1));
      return List.of(numbered);
    }
    return names;
  }

  private static boolean isNumber(String part) {
    return part.chars().allMatch(Character::isDigit);
  }
}
