(function () {
  'use strict';
  var data = JSON.parse(document.getElementById('data').textContent);
  var symbols = ['circle', 'rect', 'triangle', 'diamond', 'roundRect', 'pin', 'arrow'];
  var palette = ['#2f6f8f', '#c8452f', '#1f7a4d', '#96660a', '#7a4fa3', '#b0447c', '#5d6a63', '#3b8ec2', '#8a9a1c', '#d98032', '#4b4f9e', '#27938a', '#8c5a3c'];
  var chart;
  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  }
  function plain(text) {
    return String(text).replace(/[&<>"']/g, function (c) { return '&#' + c.charCodeAt(0) + ';'; });
  }
  function axis(name) {
    return {
      type: 'value', name: name, nameLocation: 'middle', nameGap: 30, scale: true,
      axisLine: { lineStyle: { color: colour('line') } }, axisTick: { show: false },
      axisLabel: { color: colour('soft') }, splitLine: { lineStyle: { color: colour('line') } }, nameTextStyle: { color: colour('soft') }
    };
  }
  function draw() {
    var element = document.getElementById('scatter');
    if (!element) { return; }
    if (chart) { chart.dispose(); }
    chart = echarts.init(element, null, { renderer: 'svg' });
    var vertical = axis('success rate left, %');
    vertical.min = 0; vertical.max = 100; vertical.nameGap = 38;
    chart.setOption({
      animation: false,
      textStyle: { color: colour('soft'), fontFamily: 'inherit' },
      legend: { type: 'scroll', top: 0, left: 0, textStyle: { color: colour('soft') } },
      grid: { left: 30, right: 20, top: 44, bottom: 30, containLabel: true },
      tooltip: {
        trigger: 'item', confine: true, backgroundColor: colour('card'), borderColor: colour('line'), textStyle: { color: colour('text') },
        formatter: function (point) {
          return plain(point.seriesName) + ' on ' + plain(point.value[2]) + '<br>ASR left ' + point.value[1].toFixed(2) + ' %, CA lost ' + point.value[0].toFixed(2);
        }
      },
      xAxis: axis('clean accuracy lost, points'),
      yAxis: vertical,
      series: data.map(function (defence, i) {
        return {
          name: defence.name, type: 'scatter', symbolSize: 11, symbol: symbols[i % symbols.length],
          itemStyle: { color: palette[i % palette.length], opacity: 0.85 }, data: defence.points
        };
      })
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
