var pr2024 = [

];
