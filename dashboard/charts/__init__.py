"""Charts as SVG, drawn on the server.

A chart is fluid: positions across are percentages, and positions down are pixels. So a chart fits
any width, and its text keeps its size. Text and lines have the colour of the page's text. A chart
carries no style sheet and no script. It always stands beside a table with the same figures.
"""
