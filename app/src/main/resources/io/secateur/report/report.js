(function () {
  'use strict';
  var data = JSON.parse(document.getElementById('data').textContent);
  var open = [];
  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  }
  function base() {
    return {
      animation: false,
      textStyle: { color: colour('soft'), fontFamily: 'inherit' },
      grid: { left: 8, right: 16, top: 34, bottom: 8, containLabel: true },
      tooltip: { trigger: 'axis', confine: true, backgroundColor: colour('card'), borderColor: colour('line'), textStyle: { color: colour('text') } }
    };
  }
  function axis(extra) {
    return Object.assign({
      axisLine: { lineStyle: { color: colour('line') } }, axisTick: { show: false },
      axisLabel: { color: colour('soft') }, splitLine: { lineStyle: { color: colour('line') } },
      nameTextStyle: { color: colour('soft') }
    }, extra);
  }
  function plain(text) {
    return String(text).replace(/[&<>"']/g, function (c) { return '&#' + c.charCodeAt(0) + ';'; });
  }
  function norms(element) {
    var option = base();
    option.tooltip.formatter = function (points) {
      var label = data.labels[points[0].dataIndex];
      return plain(label.label + ' ' + label.name) + '<br>size ' + label.norm.toFixed(1) + ', anomaly ' + label.anomalyIndex.toFixed(2) + ', works on ' + label.success.toFixed(1) + ' %';
    };
    option.xAxis = axis({ type: 'category', data: data.labels.map(function (l) { return l.label + ' ' + l.name; }), splitLine: { show: false } });
    option.xAxis.axisLabel = { color: colour('soft'), interval: data.labels.length > 24 ? 'auto' : 0, rotate: data.labels.length > 6 && element.clientWidth < 800 ? 55 : 0, width: 84, overflow: 'truncate' };
    option.yAxis = axis({ type: 'value', name: 'size' });
    option.series = [{
      type: 'bar', barMaxWidth: 42,
      data: data.labels.map(function (l) {
        return { value: l.norm, itemStyle: { color: l.accused ? colour('mark') : l.doubtful ? colour('open') : colour('accent'), borderRadius: [4, 4, 0, 0] } };
      }),
      markLine: { symbol: 'none', silent: true, lineStyle: { color: colour('soft'), type: 'dashed' }, label: { formatter: 'median', color: colour('soft'), position: 'insideEndTop' }, data: [{ yAxis: data.floor }] }
    }];
    return option;
  }
  function curves(element) {
    var option = base();
    option.legend = { top: 0, left: 0, icon: 'roundRect', itemWidth: 14, itemHeight: 4, textStyle: { color: colour('soft') } };
    option.tooltip.valueFormatter = function (v) { return v === undefined || v === null ? '' : v.toFixed(3); };
    option.grid.top = 44;
    var longest = Math.max.apply(null, data.searches.map(function (s) { return s.mean.length; }).concat([1]));
    option.xAxis = axis({ type: 'category', data: Array.from({ length: longest }, function (_, i) { return i + 1; }), splitLine: { show: false }, boundaryGap: longest === 1 });
    option.yAxis = axis({ type: 'value', scale: true, max: function (v) { return v.max > -0.5 ? 0 : null; } });
    option.series = [];
    data.searches.forEach(function (search, i) {
      var suffix = data.searches.length > 1 ? ', search ' + (i + 1) : '';
      var dash = i % 2 === 0 ? 'solid' : 'dashed';
      option.series.push({ name: 'best' + suffix, type: 'line', showSymbol: search.best.length < 3, data: search.best, lineStyle: { width: 2, color: colour('good'), type: dash }, itemStyle: { color: colour('good') } });
      option.series.push({ name: 'mean' + suffix, type: 'line', showSymbol: search.mean.length < 3, data: search.mean, lineStyle: { width: 2, color: colour('accent'), type: dash }, itemStyle: { color: colour('accent') } });
    });
    return option;
  }
  function draw() {
    open.forEach(function (chart) { chart.dispose(); });
    open = [];
    [['norms', data.labels && norms], ['curves', data.searches.length > 0 && curves]].forEach(function (pair) {
      var element = document.getElementById(pair[0]);
      if (element && pair[1]) {
        var chart = echarts.init(element, null, { renderer: 'svg' });
        chart.setOption(pair[1](element));
        open.push(chart);
      }
    });
  }
  draw();
  var pending;
  var width = document.body.clientWidth;
  new ResizeObserver(function () {
    if (document.body.clientWidth !== width) {
      width = document.body.clientWidth;
      clearTimeout(pending);
      pending = setTimeout(draw, 60);
    }
  }).observe(document.body);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
})();
